"""A systemd user timer with its service: two files in the user's own folder, and nothing else."""

import getpass
from collections.abc import Mapping
from pathlib import Path

from briefs.errors import ConfigError
from briefs.schedule.process import ask, command, has_program
from briefs.schedule.timers import TEMPORARY, Job
from briefs.workspace import write_file

_CALL = ("systemctl", "--user")
# The timer fires at each slot, at once for one that came while the machine was off, two minutes after its start for a run
# that the machine took down with it, and ten minutes after each run: for mail that must be tried again, and for a slot
# that came while the run before was at work. A call that has nothing to do takes a fraction of a second.
_TIMER = """\
[Unit]
Description=Timer of the briefs of {config}

[Timer]
{calendars}
OnStartupSec=2min
OnUnitInactiveSec=10min
Persistent=true
AccuracySec=1s

[Install]
WantedBy=timers.target
"""
# Only what a user's service manager may do. Where it may not make namespaces, it leaves the Protect… and Private… lines
# out by itself, as long as PrivateUsers= is not asked for by name. No MemoryDenyWriteExecute=: CTranslate2 makes machine
# code as it runs. Exit code 9, another run is at work, is no failure: the timer comes back.
_SERVICE = """\
[Unit]
Description=Briefs of {config}

[Service]
Type=oneshot
ExecStart={command}
{environment}EnvironmentFile=-%h/.config/briefs/environment
SuccessExitStatus=9
TimeoutStartSec=6h
Nice=10
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths={writable}
PrivateTmp={private_tmp}
ProtectControlGroups=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
"""


class Systemd:
    """The units of jobs in the user's folder, and the service manager that runs them."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` is where the user's units are, the usual one if it is left out."""
        self.folder = folder or Path.home() / ".config" / "systemd" / "user"

    def is_here(self) -> bool:
        """Does the user's service manager answer?"""
        return has_program(_CALL[0]) and ask([*_CALL, "show", "--property=Version"]).code == 0

    def files(self, job: Job) -> dict[Path, str]:
        """What is installed for a job: a text for each path."""
        if set(job.command[0]) & set("'\"\\"):
            raise ConfigError(
                f"systemd runs no program whose path has a quote or a backslash: {job.command[0]}",
                hint="install briefs in another folder, or use --kind crontab",
            )
        calendars = "\n".join(f"OnCalendar={calendar}" for calendar in job.calendars)
        config = _escape(str(job.config))
        service = _SERVICE.format(
            config=config,
            # In the arguments a dollar sign would be a variable; in the program's name it is none.
            command=" ".join([_quote(job.command[0]), *(_quote(word).replace("$", "$$") for word in job.command[1:])]),
            environment="".join(f"Environment={_quote(f'{key}={value}')}\n" for key, value in job.environment.items()),
            private_tmp="yes" if job.private_tmp else "no",
            # The dash: a folder that has gone is for `briefs` to name, not for systemd.
            writable=" ".join(_quote(f"-{path}") for path in (*job.writable, *(() if job.private_tmp else TEMPORARY))),
        )
        timer = _TIMER.format(config=config, calendars=calendars)
        return {self.folder / f"{job.name}.service": service, self.folder / f"{job.name}.timer": timer}

    def install(self, job: Job) -> None:
        """Write the units, and start the timer; what was installed before for this config is replaced."""
        for folder in (self.folder, *job.writable):
            try:
                # What is missing when the service starts stays closed to it.
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ConfigError(f"{folder}: cannot be made ({error.strerror})", hint="see who owns it") from error
        for path, text in self.files(job).items():
            write_file(path, text.encode())
        command([*_CALL, "daemon-reload"])
        command([*_CALL, "enable", f"{job.name}.timer"])
        command([*_CALL, "restart", f"{job.name}.timer"])

    def installed(self, name: str) -> Mapping[Path, str]:
        """The units of a job that are there."""
        paths = [self.folder / f"{name}.{kind}" for kind in ("service", "timer")]
        return {path: path.read_text(encoding="utf-8", errors="replace") for path in paths if path.is_file()}

    def lingers(self) -> bool:
        """Does the user's service manager run without the user being logged in? True where nobody can tell."""
        if not has_program("loginctl"):
            return True
        answer = ask(["loginctl", "show-user", getpass.getuser(), "--property=Linger", "--value"])
        return answer.code != 0 or answer.out.strip() != b"no"

    def next_elapse(self, name: str) -> str:
        """When the timer of a job fires next, in the words of systemd; empty if it does not say."""
        answer = ask([*_CALL, "list-timers", "--all", "--no-legend", "--no-pager", f"{name}.timer"])
        return answer.out.decode(errors="replace").strip()

    def remove(self, name: str) -> list[Path]:
        """Stop the timer of a job and remove its units; return what was removed. A run that is at work goes on."""
        paths = list(self.installed(name))
        if not paths:
            return []
        manager = self.is_here()
        if manager:
            command([*_CALL, "disable", "--now", f"{name}.timer"])
            # When it last fired: else a timer of that name would make up for slots of long ago. Old versions cannot.
            ask([*_CALL, "clean", "--what=state", f"{name}.timer"])
        else:
            (self.folder / "timers.target.wants" / f"{name}.timer").unlink(missing_ok=True)
        for path in paths:
            path.unlink()
        if manager:
            command([*_CALL, "daemon-reload"])
        return paths


def _escape(text: str) -> str:
    """Text in which systemd sees no specifier."""
    return text.replace("%", "%%")


def _quote(text: str) -> str:
    """One word of a list, whatever characters it has."""
    return '"' + _escape(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
