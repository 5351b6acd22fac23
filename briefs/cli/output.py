"""What a person sees: progress on a terminal, notes on standard error, JSON on standard output, the log file."""

import json
import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from briefs.brief import Problem, Severity, encode
from briefs.errors import ConfigError

if TYPE_CHECKING:
    from briefs.pipeline import Report

_SHOWN = 12  # problems printed before the rest is counted


class Shown:
    """Progress of a run: a bar on a terminal, nothing elsewhere."""

    def __init__(self, *, quiet: bool, as_json: bool = False) -> None:
        """`quiet` shows errors only, terminal or not; `as_json` nothing, since they stand in the JSON."""
        self._quiet, self._silent = quiet or as_json, as_json
        self._bar: Any = None
        self._task: Any = None
        self._name = ""

    def __enter__(self) -> Self:
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                MofNCompleteColumn,
                Progress,
                SpinnerColumn,
                TextColumn,
                TimeElapsedColumn,
            )

            columns = (
                SpinnerColumn(),
                TextColumn("{task.description:10}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
            )
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def stage(self, name: str, done: int, total: int) -> None:
        """Show how far a stage is; `total` 0 for one that does not count."""
        if self._bar is None:
            return
        if self._task is None or name != self._name:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task, self._name = self._bar.add_task(name, total=None), name
        self._bar.update(self._task, completed=done, total=total or None)

    def problems(self, problems: Iterable[Problem]) -> None:
        """Print problems to standard error, the first of them in words."""
        if self._silent:
            return
        lines = problem_lines(each for each in problems if not self._quiet or each.severity is Severity.ERROR)
        for line in lines[:_SHOWN]:
            note(line)
        if len(lines) > _SHOWN:
            note(f"and {len(lines) - _SHOWN} more: all stand in the brief, under Problems")


def note(text: str) -> None:
    """Print a line to standard error."""
    sys.stderr.write(f"{text}\n")


def print_json(value: Any) -> None:
    """Print a value as JSON to standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def problem_lines(problems: Iterable[Problem]) -> list[str]:
    """Problems in words, errors first."""
    problems = tuple(problems)
    return [line for severity in (Severity.ERROR, Severity.WARNING) for line in _lines(problems, severity)]


def _lines(problems: Iterable[Problem], severity: Severity) -> Iterator[str]:
    for problem in problems:
        if problem.severity is severity:
            hint = f" ({problem.hint})" if problem.hint else ""
            yield f"{severity}: {problem.source}: {problem.message}{hint}"


def configure_logging(log_file: Path | None) -> None:
    """Log to `log_file`, a line a record: errors of ours, stages and their times, never article text."""
    root = logging.getLogger("briefs")
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    root.propagate = False
    root.setLevel(logging.INFO)
    if log_file is None:
        root.addHandler(logging.NullHandler())
        return
    try:
        handler = logging.FileHandler(log_file, encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"--log-file {log_file}: {error.strerror}", hint="name a file in a folder that you may write to"
        ) from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root.addHandler(handler)


def print_report(reports: Sequence["Report"], *, as_json: bool) -> None:
    """Print the files that were made, a path a line, or the whole report as JSON."""
    if not as_json:
        for report in reports:
            for path in report.files:
                near = path.is_absolute() and path.is_relative_to(Path.cwd())
                sys.stdout.write(f"{path.relative_to(Path.cwd()) if near else path}\n")
        return
    print_json(
        [
            {
                "name": report.brief.name,
                "date": report.brief.date.isoformat(),
                "files": [str(path) for path in report.files],
                "exit_code": int(report.exit_code),
                "counts": dict(report.brief.provenance.counts),
                "problems": encode(report.brief.problems),
                "seconds": {name: round(spent, 3) for name, spent in report.seconds.items()},
            }
            for report in reports
        ]
    )


def print_plans(plans: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    """Print what runs would read and write."""
    if as_json:
        print_json(list(plans))
        return
    for plan in plans:
        themes = ", ".join(plan["themes"])
        sys.stdout.write(
            f"{plan['name']}: {plan['documents']} documents, {plan['unreadable']} unreadable, themes: {themes}\n"
        )
        for address in (*plan["feeds"], *plan["addresses"]):
            sys.stdout.write(f"  would fetch {address}\n")
        for path in plan["files"]:
            sys.stdout.write(f"  would write {path}\n")
        if plan["recipients"]:
            sys.stdout.write(f"  would mail {', '.join(plan['recipients'])}\n")
