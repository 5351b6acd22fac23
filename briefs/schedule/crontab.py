"""A block of lines in the user's crontab, between two marks; every other line stays as it is, byte for byte.

The line does not name the time of a brief: not every cron knows time zones, and none makes up for what it missed. It looks
every five minutes whether something is due.
"""

import re
import shlex

from briefs.errors import ConfigError
from briefs.schedule.process import ask, command, has_program
from briefs.schedule.timers import Job

_EVERY = "*/5 * * * *"
_NONE = ("no crontab for", "No such file or directory")  # Debian and cronie; BusyBox


class Crontab:
    """The crontab of the user."""

    def is_here(self) -> bool:
        """Is there a cron to install into?"""
        return has_program("crontab")

    def block(self, job: Job) -> str:
        """The lines of a job, with their marks."""
        words = [f"{key}={shlex.quote(value)}" for key, value in job.environment.items()]
        words += [shlex.quote(word) for word in job.command]
        # What is printed is the paths of the files; cron would mail them. Errors go to standard error, and are mailed.
        line = f"{_EVERY} {' '.join(words)} >/dev/null"
        if "\\" in line:
            raise ConfigError("cron cannot run a command with a backslash", hint="rename the file or folder")
        begin, end = _marks(job.name)
        return f"{begin} briefs of {job.config}\n{line.replace('%', chr(92) + '%')}\n{end}\n"

    def install(self, job: Job) -> None:
        """Put the block of a job at the end of the crontab, or where it was."""
        table = self._read()
        block = self.block(job).encode()
        found = _find(table, job.name)
        if found is None:
            # A crontab must end with a line break.
            table += b"\n" if table and not table.endswith(b"\n") else b""
            self._write(table + block)
        elif found[0] != block:
            self._write(table[: found.start()] + block + table[found.end() :])

    def installed(self, name: str) -> str:
        """The block of a job, empty if there is none."""
        found = _find(self._read(), name) if self.is_here() else None
        return found[0].decode(errors="replace") if found else ""

    def remove(self, name: str) -> bool:
        """Take the block of a job out; was there one?"""
        table = self._read() if self.is_here() else b""
        found = _find(table, name)
        if found is None:
            return False
        rest = table[: found.start()] + table[found.end() :]
        if rest:
            self._write(rest)
        else:
            command(["crontab", "-r"])
        return True

    def _read(self) -> bytes:
        answer = ask(["crontab", "-l"])
        if answer.code == 0:
            return answer.out
        # Anything else must not be taken for an empty table: writing would then lose what is there.
        if any(words in answer.complaint for words in _NONE):
            return b""
        raise ConfigError(
            f"crontab -l failed: {answer.complaint or f'exit code {answer.code}'}", hint="see that crontab works"
        )

    def _write(self, table: bytes) -> None:
        command(["crontab", "-"], table)


def _marks(name: str) -> tuple[str, str]:
    return f"# >>> {name}", f"# <<< {name}"


def _find(table: bytes, name: str) -> re.Match[bytes] | None:
    """The block of a job in a crontab; ConfigError if one of its marks has gone."""
    begin, end = (re.escape(mark.encode()) for mark in _marks(name))
    found = re.search(rb"^" + begin + rb" [^\n]*\n[^\n]*\n" + end + rb"\n", table, re.MULTILINE)
    if found is None and re.search(rb"^(?:" + begin + rb"|" + end + rb")\b", table, re.MULTILINE):
        raise ConfigError(
            f"the lines of {name} in the crontab were changed", hint="remove them by hand: crontab -e, then try again"
        )
    return found
