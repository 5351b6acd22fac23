"""What a timer runs, and when: worked out once from the config, for systemd and for cron."""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from briefs.config import Settings
from briefs.errors import ConfigError, UsageError
from briefs.schedule.parse import ANY_TIME, Schedule, parse_schedule

TEMPORARY = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - of the whole machine
POLL = "*:0/5"  # for a schedule that systemd has no words for
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")  # in the order of systemd


@dataclass(frozen=True, slots=True)
class Job:
    """The command that makes what is due, what it may write to, and the moments of its timer as systemd writes them.

    `private_tmp`: may it have folders for temporary files of its own, as nothing that it needs is in the machine's?
    """

    config: Path
    command: tuple[str, ...]
    environment: Mapping[str, str]
    writable: tuple[Path, ...]
    private_tmp: bool
    calendars: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of units and of the crontab block: one for each config file."""
        return job_name(self.config)


def job_name(config: Path) -> str:
    """The name of the job of a config file, which need not exist any more."""
    return f"briefs-{hashlib.sha256(str(config).encode()).hexdigest()[:8]}"


def plan_job(settings: Settings, config: Path, program: Sequence[str], environment: Mapping[str, str]) -> Job:
    """The job of a config whose path is absolute: `program` is how `briefs` is called, `environment` what it must see."""
    schedules = [schedule for brief in settings.brief if (schedule := parse_schedule(brief))]
    if not schedules:
        raise UsageError(f"no brief of {config} has a schedule", hint='set one, for example schedule = "daily 07:00"')
    monitor = settings.monitor
    folders = [settings.out_folder, settings.workspace_folder]
    folders += [Path(path).parent for path in (monitor.metrics, monitor.log_file) if path]
    command = (*program, "run", "--due", "--quiet", "--config", str(config))
    for text in (*command, *environment.values(), *map(str, folders)):
        # A path of bytes that are no UTF-8 has surrogates in Python.
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
            raise ConfigError(f"a timer cannot have the characters of {text!r}", hint="rename that file or folder")
    sources = [Path(source) for brief in settings.brief for source in (*brief.sources, *brief.urls)]
    mail, render = settings.mail, settings.render
    others = (settings.packs, settings.translate.glossary, mail.password_file, mail.ca_file, render.template_dir)
    needed = (config, *folders, *sources, *map(Path, others))
    in_tmp = any(path.is_relative_to(each) for path in needed for each in TEMPORARY)
    calendars = dict.fromkeys(moment for schedule in schedules for moment in calendars_of(schedule))
    writable = tuple(dict.fromkeys(folder.absolute() for folder in folders))
    return Job(config, command, dict(environment), writable, not in_tmp, tuple(calendars))


def calendars_of(schedule: Schedule) -> tuple[str, ...]:
    """The OnCalendar= of a schedule; where systemd has no words for it, a look every five minutes."""
    zone = f" {schedule.time_zone}" if schedule.time_zone else ""
    found: list[str] = []
    for cron in schedule.crons:
        found += [f"{moment}{zone}" for moment in _calendars(cron)] or [POLL]
    return tuple(dict.fromkeys(found))


def _calendars(cron: str) -> list[str]:
    """A cron expression in the words of systemd, two where either the day of the month or of the week is enough."""
    from cronsim import CronSim

    parsed = CronSim(cron, ANY_TIME)
    if min(parsed.days) < 0 or any(isinstance(day, tuple) for day in parsed.weekdays):
        return []  # the last day of a month, the second Monday
    time = f"{_span(parsed.hours, 0, 23)}:{_span(parsed.minutes, 0, 59)}:00"
    # Cron counts from Sunday, 0 and 7; systemd from Monday.
    weekdays = sorted({(day - 1) % 7 for day in parsed.weekdays if isinstance(day, int)})
    week = "" if len(weekdays) == 7 else ",".join(_WEEKDAYS[day] for day in weekdays) + " "
    months, days = _span(parsed.months, 1, 12), _span(parsed.days, 1, 31)
    if parsed.day_and or not week or days == "*":
        both = week if parsed.day_and else ""
        return [f"{both}*-{months}-{days if parsed.day_and else '*'} {time}"]
    return [f"{week}*-{months}-* {time}", f"*-{months}-{days} {time}"]


def _span(numbers: set[int], least: int, most: int) -> str:
    """Numbers as systemd writes them: `*` for all, `a..b` for what follows on."""
    if len(numbers) == most - least + 1:
        return "*"
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(f"{run[0]:02}..{run[-1]:02}" if len(run) > 2 else ",".join(f"{n:02}" for n in run) for run in runs)
