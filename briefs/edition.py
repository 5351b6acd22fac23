"""One edition of one brief: made from what is new, written, recorded, and queued for its readers, killed at any point or not.

The files are written first; then one transaction records the run, what it found, and its messages. A run that was killed
before has recorded nothing and is made again as it was; after it, the outbox has the messages.
"""

import datetime as dt
import itertools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from briefs.brief import Brief
from briefs.config import BriefSettings, Settings
from briefs.errors import BriefError, ExitCode
from briefs.news import Past, found_in
from briefs.pipeline import Output, Progress, Report, make_brief, make_context, start_brief
from briefs.schedule import due, parse_schedule, slots
from briefs.schedule.slots import format_edition
from briefs.workspace import Connection, Ending, History, Workspace

_log = logging.getLogger(__name__)

# Given the brief and its files, what puts its messages into the store within the transaction that ends the run.
Queue = Callable[[Connection, int], int]
Prepare = Callable[[Brief, Sequence[Path]], Queue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made: an edition is a slot, "2026-11-23T07:00", or a day by hand, "2026-11-23".

    What a rehearsal has counts as reported to nobody.
    """

    settings: Settings
    brief: BriefSettings
    edition: str
    base: Path | None = None
    file_name: str = ""
    is_rehearsal: bool = False

    @property
    def day(self) -> dt.date:
        """The date of the brief."""
        return dt.date.fromisoformat(self.edition[:10])


def due_orders(
    settings: Settings,
    history: History,
    now: dt.datetime,
    *,
    base: Path | None = None,
    remember: bool = True,
) -> list[Order]:
    """What is due at `now`, the oldest slot first; briefs that run by hand are left out.

    `remember` writes down when a schedule was first looked at: nothing before that is made up for.
    """
    found = []
    for number, brief in enumerate(settings.brief):
        schedule = parse_schedule(brief)
        if schedule is None:
            continue
        local = format_edition(now.astimezone(schedule.zone))
        since = history.waiting_since(brief.name, local, remember=remember)
        made = partial(history.made_slots, brief.name)
        what = due(schedule, now, since, made, brief.catch_up)
        if what.given_up:
            _log.warning("brief %s: slots that were missed long ago are not made up for", brief.name)
        for slot in what.slots:
            order = order_of(settings, brief, slot.edition, base)
            found.append((slot.instant, number, order))
    return [order for _, _, order in sorted(found, key=lambda each: each[:2])]


def order_of(settings: Settings, brief: BriefSettings, edition: str, base: Path | None) -> Order:
    """The order for an edition; where a day has several slots, the file says which."""
    schedule = parse_schedule(brief)
    name = brief.name
    if schedule is not None and "T" in edition:
        midnight = dt.datetime.fromisoformat(edition[:10]).replace(tzinfo=schedule.zone)
        of_day = slots(schedule, midnight - dt.timedelta(seconds=1), midnight + dt.timedelta(hours=23, minutes=59))
        if len(list(itertools.islice(of_day, 2))) > 1:
            name = f"{brief.name}-{edition[11:13]}{edition[14:16]}"
    return Order(settings=settings, brief=brief, edition=edition, base=base, file_name=name)


class Made(NamedTuple):
    """What became of an order; `report` is None where it failed, `later` counts articles that are left to the next."""

    order: Order
    run: int
    outcome: str
    exit_code: ExitCode
    report: Report | None = None
    queued: int = 0
    message: str = ""
    hint: str = ""
    later: int = 0


def make_edition(order: Order, workspace: Workspace, progress: Progress, prepare: Prepare | None = None) -> Made:
    """Make an edition and record how it ended; what `prepare` returns queues its messages with it.

    An error is recorded and returned, so that the other briefs are made.
    """
    history = workspace.history
    run = history.begin(order.brief.name, order.edition, order.settings.digest(order.brief))
    past = _past(order, workspace)
    try:
        report = _make(order, past, workspace, progress)
        made = _finish(order, workspace, run, report, prepare)._replace(later=past.skipped["later"])
    except BriefError as error:
        history.finish(run, Ending("failed", error.exit_code, error.message))
        made = Made(order, run, "failed", ExitCode(error.exit_code), message=error.message, hint=error.hint)
    except Exception as error:  # noqa: BLE001 - a bug in one brief must not keep the others from being made
        message = f"this is a bug: {type(error).__name__}: {error}"
        _log.exception("bug in brief %s", order.brief.name)
        history.finish(run, Ending("failed", ExitCode.BUG, message))
        hint = "please report it with the log (--log-file) and the input that caused it"
        made = Made(order, run, "failed", ExitCode.BUG, message=message, hint=hint)
    _log.info("%s", summary(made))
    return made


def rehearse(order: Order, workspace: Workspace, progress: Progress, folder: Path) -> Report:
    """Make an edition into a folder of its own, and record nothing; BriefError if that cannot be done."""
    return _make(order, _past(order, workspace), workspace, progress, folder)


def _past(order: Order, workspace: Workspace) -> Past:
    return Past(history=workspace.history, brief=order.brief.name, edition=order.edition, days=order.brief.days)


def _make(order: Order, past: Past, workspace: Workspace, progress: Progress, folder: Path | None = None) -> Report:
    settings, brief = order.settings, order.brief
    context = make_context(
        settings, brief, brief.sources, past=past, base=order.base, progress=progress, pages=workspace.pages,
        memory=workspace.memory if settings.translate.memory else None,
    )  # fmt: skip
    start = start_brief(settings, brief, order.day)
    return make_brief(start, context, workspace, Output(order.file_name, folder, brief.empty_day != "skip"))


def _finish(order: Order, workspace: Workspace, run: int, report: Report, prepare: Prepare | None) -> Made:
    brief = report.brief
    points = sum(len(theme.points) for theme in brief.themes)
    outcome = "empty" if not points else "partial" if report.exit_code is ExitCode.PARTIAL else "done"
    ending = Ending(
        outcome, report.exit_code, _first_problem(brief), {theme.id: len(theme.articles) for theme in brief.themes},
        [str(path) for path in report.files], len(brief.articles), points,
    )  # fmt: skip
    put = prepare(brief, report.files) if prepare and (points or order.brief.empty_day == "mail") else None
    queued = 0

    def queue(connection: Connection) -> None:
        nonlocal queued
        queued = put(connection, run) if put else 0

    # An edition of the past, made by hand after later ones, takes nothing from them either.
    is_behind = order.edition[:10] < workspace.history.latest(order.brief.name)[:10]
    found = None if order.is_rehearsal or is_behind else found_in(brief)
    workspace.history.finish(run, ending, found, queue)
    return Made(order, run, outcome, report.exit_code, report, queued, ending.message)


def _first_problem(brief: Brief) -> str:
    worst = next((p for p in brief.problems if p.severity == "error"), None)
    return f"{worst.source}: {worst.message}" if worst else ""


def summary(made: Made) -> str:
    """A run in one line: which, how it ended, what it has, how long it took."""
    parts = [f"brief {made.order.brief.name}", f"edition {made.order.edition}", f"run {made.run}", made.outcome]
    if made.report is not None:
        counts = made.report.brief.provenance.counts
        parts += [f"{counts.get(name, 0)} {name}" for name in ("articles", "points", "flagged")]
        parts += [
            f"{len(made.report.files)} files",
            f"{made.queued} mails",
            f"{sum(made.report.seconds.values()):.1f} s",
        ]
    parts += [f"exit {int(made.exit_code)}"] + ([made.message] if made.message else [])
    return ", ".join(parts)
