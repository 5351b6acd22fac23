"""Calls to `systemctl` and `crontab`: found on the path, given a time limit, their complaints put in our words."""

import shutil
import subprocess
from collections.abc import Sequence
from typing import NamedTuple

from briefs.errors import ConfigError

_SECONDS = 60.0
_MISSING = {"crontab": "install cron, or --kind systemd", "systemctl": "install systemd, or --kind crontab"}


class Answer(NamedTuple):
    """What a program answered."""

    code: int
    out: bytes
    complaint: str


def has_program(name: str) -> bool:
    """Is there a program of that name?"""
    return shutil.which(name) is not None


def ask(arguments: Sequence[str], given: bytes = b"") -> Answer:
    """Run a program to its end, whatever it answers; ConfigError if it cannot be run."""
    program = shutil.which(arguments[0])
    try:
        if program is None:
            raise FileNotFoundError(2, "no such program")
        # `env`: its complaints are read, so they must be in English.
        command = ["/usr/bin/env", "LC_ALL=C", program, *arguments[1:]]
        done = subprocess.run(command, input=given, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = error.strerror if isinstance(error, OSError) else f"no answer in {_SECONDS:.0f} s"
        hint = f"see that {arguments[0]} works" if program else _MISSING.get(arguments[0], f"install {arguments[0]}")
        raise ConfigError(f"{arguments[0]} cannot be run: {reason}", hint=hint) from error
    return Answer(done.returncode, done.stdout, done.stderr.decode(errors="replace").strip())


def command(arguments: Sequence[str], given: bytes = b"") -> bytes:
    """Run a program that must succeed; ConfigError with its own words if it does not."""
    answer = ask(arguments, given)
    if answer.code != 0:
        words = answer.complaint.splitlines()
        raise ConfigError(
            f"{' '.join(arguments[:3])} failed: {words[0] if words else f'exit code {answer.code}'}",
            hint="put it right and try again; --print shows what would be installed",
        )
    return answer.out
