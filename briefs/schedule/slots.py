"""Slots: the moments of a schedule, right across changes of the clock, and which of them are due.

A slot is a local time that its schedule names. Where the clock is put forward over it, it comes at the first moment after;
where the clock is put back and shows its time twice, it comes the first time only. The present time is a parameter
everywhere, so that nothing here can see the clock.
"""

import datetime as dt
import heapq
import itertools
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from briefs.schedule.parse import Schedule

FRESH = dt.timedelta(minutes=15)  # how old a slot may be when its schedule is first looked at: timers fire late
GRACE = dt.timedelta(hours=1)  # how late a slot may be without being one that was missed
MOST = 31  # missed slots that `each` makes up for
_DAY = dt.timedelta(days=1)  # no clock was put back by more
_MINUTE = dt.timedelta(minutes=1)
_EDITION = "%Y-%m-%dT%H:%M"


class Slot(NamedTuple):
    """One moment of a schedule: the local time that it names, and when that is."""

    local: dt.datetime
    instant: dt.datetime

    @property
    def edition(self) -> str:
        """The name of what is made for this slot."""
        return format_edition(self.local)


class Due(NamedTuple):
    """What to make now, the oldest first; `given_up`: was one just before them missed that is not made up for?"""

    slots: tuple[Slot, ...]
    given_up: bool = False


def format_edition(local: dt.datetime) -> str:
    """A local time as the name of an edition."""
    return local.strftime(_EDITION)


def slots(schedule: Schedule, after: dt.datetime, until: dt.datetime | None = None) -> Iterator[Slot]:
    """The slots later than `after`, up to and with `until`, the earliest first."""
    for local in _locals(schedule, _as_local(schedule, after), reverse=False):
        slot = Slot(local, _instant(local, schedule.zone))
        if until is not None and slot.instant > until:
            return
        if slot.instant > after:
            yield slot


def passed(schedule: Schedule, now: dt.datetime) -> Iterator[Slot]:
    """The slots that have come by `now`, the latest first, without end."""
    # Where the clock was put back, it has shown later times than it shows now.
    for local in _locals(schedule, _as_local(schedule, now) + _DAY, reverse=True):
        slot = Slot(local, _instant(local, schedule.zone))
        if slot.instant <= now:
            yield slot


def due(
    schedule: Schedule,
    now: dt.datetime,
    since: str,
    made: Callable[[str], Collection[str]],
    catch_up: str,
) -> Due:
    """What to make at `now`; it is bounded, however far the clock has jumped.

    Args:
        schedule: The schedule of the brief.
        now: The present time, with its zone.
        since: The local time, as an edition, at which the schedule was first looked at; what came before is not made up for.
        made: Gives the editions from the one it is called with on that need not be made again.
        catch_up: `latest` slot once, `each` missed slot, or `none`: only a slot that came within the last hour.
    """
    begin = dt.datetime.fromisoformat(since) - FRESH
    known = itertools.takewhile(lambda slot: slot.local >= begin, passed(schedule, now))
    kept = list(itertools.islice(known, MOST if catch_up == "each" else 1))
    before = next(known, None)
    if catch_up == "none":
        kept = [slot for slot in kept if now - slot.instant <= GRACE]
    if not kept:
        return Due(())
    done = made((before or kept[-1]).edition)
    chosen = tuple(slot for slot in reversed(kept) if slot.edition not in done)
    return Due(chosen, bool(chosen) and before is not None and before.edition not in done)


def _as_local(schedule: Schedule, moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(schedule.zone).replace(tzinfo=None, second=0, microsecond=0)


def _locals(schedule: Schedule, begin: dt.datetime, *, reverse: bool) -> Iterator[dt.datetime]:
    """The local times of a schedule after `begin`, or before it. The library knows no zone here."""
    from cronsim import CronSim

    return heapq.merge(*(CronSim(cron, begin, reverse=reverse) for cron in schedule.crons), reverse=reverse)


def _instant(local: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """When a clock first shows `local`, or where it never does, the first moment after the change that leaves it out."""
    first = local.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
    if first.astimezone(zone).replace(tzinfo=None) == local:
        return first
    # Read by the rules after the change, a time that is left out lies before it; by those before, after it.
    early, late = local.replace(tzinfo=zone, fold=1).astimezone(dt.UTC), first
    offset = late.astimezone(zone).utcoffset()
    while late - early > _MINUTE:
        middle = early + (late - early) // 2
        early, late = (early, middle) if middle.astimezone(zone).utcoffset() == offset else (middle, late)
    return late.replace(second=0, microsecond=0)
