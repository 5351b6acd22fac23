"""`briefs schedule`: the timers that run what is due, and when that will be."""

import datetime as dt
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from briefs.cli.options import AsJson, read_settings
from briefs.cli.output import note, print_json
from briefs.errors import DependencyError, ExitCode, UsageError

if TYPE_CHECKING:
    from briefs.config import Settings
    from briefs.schedule import Job

schedule_app = typer.Typer(no_args_is_help=True, help="Timers, and what they will run.", rich_markup_mode=None)

Config = Annotated[
    Path, typer.Option("-c", "--config", help="A briefs.toml; the timer belongs to it.", show_default=True)
]
Kind = Annotated[
    str | None,
    typer.Option("--kind", help="`systemd` or `crontab`.", show_default="systemd where it answers, else crontab"),
]
_HERE = Path("briefs.toml")
_KINDS = ("systemd", "crontab")


@schedule_app.command("install")
def install_command(
    config: Config = _HERE,
    kind: Kind = None,
    print_only: Annotated[bool, typer.Option("--print", help="Print what would be installed; change nothing.")] = False,
) -> int:
    """Install the timer that runs what is due, or bring it up to date; it belongs to this user and this config."""
    from briefs.packs.find import argos_folders
    from briefs.schedule import Crontab, Systemd

    job = _job(_absolute(config))
    chosen = _choose(kind, print_only=print_only)
    if print_only:
        texts = Systemd().files(job) if chosen == "systemd" else {Path("crontab"): Crontab().block(job)}
        sys.stdout.write("\n".join(f"# {path}\n{text}" for path, text in texts.items()))
        return ExitCode.OK
    if chosen == "systemd":
        argos_folders()  # Argos Translate makes its folders at home when it is first used; the service may not
        Systemd().install(job)
        if Crontab().is_here() and Crontab().remove(job.name):
            note("briefs: the lines in the crontab are replaced by the systemd timer")
        for path in Systemd().files(job):
            sys.stdout.write(f"{path}\n")
        if not Systemd().lingers():
            note("briefs: the timer runs only while you are logged in; for always: loginctl enable-linger")
        return ExitCode.OK
    Crontab().install(job)
    if Systemd().remove(job.name):
        note("briefs: the systemd timer is replaced by the lines in the crontab")
    sys.stdout.write(Crontab().installed(job.name))
    return ExitCode.OK


@schedule_app.command("show")
def show_command(config: Config = _HERE) -> int:
    """Print what is installed for this config, whether it is up to date, and when it fires next (exit 4 if nothing is)."""
    from briefs.schedule import Crontab, Systemd, job_name

    path = _absolute(config)
    name = job_name(path)
    units, block = Systemd().installed(name), Crontab().installed(name)
    if not units and not block:
        note(f"briefs: no timer is installed for {path}\n  hint: briefs schedule install")
        return ExitCode.NOTHING_TO_READ
    for unit, text in units.items():
        sys.stdout.write(f"# {unit}\n{text}\n")
    sys.stdout.write(block)
    if units and (elapse := Systemd().next_elapse(name)):
        sys.stdout.write(f"# next: {elapse}\n")
    job = _job(path)
    if (units and units != Systemd().files(job)) or (block and block != Crontab().block(job)):
        note(f"briefs: the timer is not what {path} asks for now\n  hint: briefs schedule install")
    return ExitCode.OK


@schedule_app.command("remove")
def remove_command(config: Config = _HERE) -> int:
    """Remove what `install` installed for this config, and nothing else; the config itself need not exist any more."""
    from briefs.schedule import Crontab, Systemd, job_name

    name = job_name(_absolute(config))
    removed = [str(path) for path in Systemd().remove(name)]
    if Crontab().remove(name):
        removed.append("the lines in the crontab")
    for what in removed:
        sys.stdout.write(f"removed {what}\n")
    if not removed:
        note(f"briefs: no timer is installed for {_absolute(config)}")
    return ExitCode.OK


@schedule_app.command("next")
def next_command(
    config: Config = _HERE,
    number: Annotated[int, typer.Option("-n", "--number", min=1, max=1000, help="How many of each brief.")] = 5,
    as_json: AsJson = False,
) -> int:
    """List the next slots of each brief, in the time zone of its schedule."""
    rows = list_next(read_settings(config), dt.datetime.now(dt.UTC), number)
    if as_json:
        print_json(rows)
        return ExitCode.OK
    width = max((len(row["brief"]) for row in rows), default=0)
    for row in rows:
        day = dt.datetime.fromisoformat(row["time"])
        zone = row["time_zone"] or "the machine's time zone"
        # A slot that the clock leaves out is named as it is written, and comes later.
        moved = (
            "" if row["time"][:16] == row["edition"] else f"  (for {row['edition'][11:]}, which the clock leaves out)"
        )
        sys.stdout.write(f"{row['brief']:{width}}  {day:%a} {row['time'][:16].replace('T', ' ')} ")
        sys.stdout.write(f"UTC{row['time'][-6:]}  {zone}{moved}\n")
    if not rows:
        note('briefs: no brief has a schedule\n  hint: set one, for example schedule = "daily 07:00"')
    return ExitCode.OK


def list_next(settings: "Settings", now: dt.datetime, number: int) -> list[dict[str, Any]]:
    """The next slots of each brief after `now`."""
    import itertools

    from briefs.schedule import parse_schedule, slots

    rows = []
    for brief in settings.brief:
        if (schedule := parse_schedule(brief)) is None:
            continue
        for slot in itertools.islice(slots(schedule, now), number):
            local = slot.instant.astimezone(schedule.zone)
            rows.append(
                {
                    "brief": brief.name,
                    "edition": slot.edition,
                    "time": local.isoformat(timespec="minutes"),
                    "time_zone": schedule.time_zone,
                    "utc": slot.instant.strftime("%Y-%m-%dT%H:%MZ"),
                }
            )
    return rows


def _choose(kind: str | None, *, print_only: bool) -> str:
    """The kind of timer that was asked for, or that this machine has."""
    from briefs.schedule import Crontab, Systemd

    if kind is not None and kind not in _KINDS:
        raise UsageError(f"--kind {kind}: unknown", hint=f"choose from {', '.join(_KINDS)}")
    here = {"systemd": Systemd().is_here, "crontab": Crontab().is_here}
    if kind is None:
        kind = next((name for name in _KINDS if here[name]()), "systemd" if print_only else None)
    elif not print_only and not here[kind]():
        hints = {
            "systemd": "log in as that user, not by su or sudo; or --kind crontab",
            "crontab": "install cron, or --kind systemd",
        }
        raise DependencyError(f"{kind} does not answer", hint=hints[kind])
    if kind is None:
        raise DependencyError(
            "neither systemd nor cron answers",
            hint="install cron, or have any scheduler call: briefs run --due --config " + str(_HERE),
        )
    return kind


def _job(config: Path) -> "Job":
    """The job of a config: run by the program that runs now, with the folders that the environment names now."""
    from briefs.config import ENVIRONMENT, load_settings
    from briefs.schedule import plan_job

    settings, bare = load_settings(config), load_settings(config, {})
    program = Path(sys.executable).with_name("briefs")
    environment = {}
    for variable, (key, _) in ENVIRONMENT.items():
        value = getattr(settings, key, None)  # none of a table's: the password stays where it is
        if value is not None and value != getattr(bare, key):
            environment[variable] = str(Path(value).absolute())
    return plan_job(
        settings, config, [str(program)] if program.is_file() else [sys.executable, "-m", "briefs"], environment
    )


def _absolute(config: Path) -> Path:
    # Not Path.resolve: a link that is turned to another config keeps its timer.
    return Path(os.path.abspath(config))  # noqa: PTH100 - Path.absolute leaves the dots in
