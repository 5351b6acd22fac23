"""Schedules as they are written: `daily 07:00`, `mon,thu 06:30`, or a cron expression. All become cron expressions."""

import datetime as dt
import re
import zoneinfo
from dataclasses import dataclass

from briefs.config import BriefSettings
from briefs.errors import ConfigError

_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")  # in the order of cron
_SHORT = {"daily": "*", "weekdays": "1-5", "weekends": "0,6"}
_TIME = r"\d{1,2}:\d{2}"
_PLAIN = re.compile(rf"([a-z][a-z,\s-]*?)\s+({_TIME}(?:\s*,\s*{_TIME})*)").fullmatch
_NAMED = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_HINT = "write `daily 07:00`, `weekdays 07:00,19:00`, `mon,thu 06:30`, or a cron expression such as `0 7 * * 1-5`"
ANY_TIME = dt.datetime(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The local times of a brief: those of all `crons`, which share none; `time_zone` is empty for the machine's."""

    crons: tuple[str, ...]
    zone: dt.tzinfo
    time_zone: str = ""


def parse_schedule(brief: BriefSettings) -> Schedule | None:
    """The schedule of `brief`, None if it runs by hand; ConfigError if its schedule or time zone is wrong."""
    text = brief.schedule.strip()
    if not text:
        return None
    crons = _parse_plain(text, brief.name) or (_NAMED.get(text.lower(), text),)
    for cron in crons:
        _check_cron(cron, text, brief.name)
    return Schedule(crons, _find_zone(brief.time_zone, brief.name), brief.time_zone)


def _parse_plain(text: str, name: str) -> tuple[str, ...]:
    """The cron expressions of days and times in words, one a minute of the hour; none if the text is none of these."""
    found = _PLAIN(text.lower())
    if found is None:
        return ()
    days = _parse_days(re.sub(r"\s", "", found[1]))
    times = sorted({(int(hour), int(minute)) for hour, minute in re.findall(r"(\d+):(\d+)", found[2])})
    if not days or any(hour > 23 or minute > 59 for hour, minute in times):
        raise ConfigError(f"brief {name}: schedule {text!r} is none", hint=_HINT)
    minutes = sorted({minute for _, minute in times})
    hours = {minute: ",".join(str(hour) for hour, at in times if at == minute) for minute in minutes}
    return tuple(f"{minute} {hours[minute]} * * {days}" for minute in minutes)


def _parse_days(text: str) -> str:
    """The field of a cron expression for `daily`, `weekdays`, `weekends`, or names and ranges of days; empty if none."""
    if text in _SHORT:
        return _SHORT[text]
    days: set[int] = set()
    for part in text.split(","):
        words = part.split("-")
        ends = [number for word in words for number, day in enumerate(_DAYS) if word in (day, day[:3])]
        if len(ends) != len(words) or len(words) > 2:
            return ""
        days |= {(ends[0] + step) % 7 for step in range((ends[-1] - ends[0]) % 7 + 1)}
    return ",".join(map(str, sorted(days)))


def _check_cron(cron: str, text: str, name: str) -> None:
    """ConfigError if the library cannot read an expression, or knows no time that it means."""
    from cronsim import CronSim, CronSimError

    if cron.startswith("@") or len(cron.split()) != 5:
        raise ConfigError(f"brief {name}: schedule {text!r} is none", hint=_HINT)
    try:
        next(CronSim(cron, ANY_TIME))
    except CronSimError as error:
        raise ConfigError(f"brief {name}: schedule {text!r}: {str(error).lower()}", hint=_HINT) from error
    except StopIteration as error:
        raise ConfigError(f"brief {name}: schedule {text!r} never comes", hint=_HINT) from error


def _find_zone(time_zone: str, name: str) -> dt.tzinfo:
    """The rules of a time zone, those of the machine for an empty one."""
    try:
        if time_zone:
            return zoneinfo.ZoneInfo(time_zone)
        import tzlocal

        return tzlocal.get_localzone()
    except (KeyError, ValueError, OSError) as error:
        known = f"{time_zone!r} is unknown" if time_zone else "of the machine cannot be found"
        raise ConfigError(
            f"brief {name}: time zone {known}", hint='set time_zone to a name such as "Asia/Tokyo"'
        ) from error
