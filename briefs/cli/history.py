"""`briefs history` and `briefs show`: what was run, how it ended, and what became of its mail."""

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from briefs.cli.options import AsJson, Config, read_settings
from briefs.cli.output import note, print_json
from briefs.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from briefs.workspace import Run
    from briefs.workspace.outbox import Delivery

_ROW = "{:>5}  {:<20} {:<17} {:<17} {:<8} {:>4} {:>8} {:>6}  {}"


def history(
    brief: Annotated[str | None, typer.Argument(help="Only runs of this brief.", show_default=False)] = None,
    config: Config = None,
    limit: Annotated[int, typer.Option("-n", min=1, max=10_000, help="Most runs to show, the newest first.")] = 20,
    as_json: AsJson = False,
) -> int:
    """Show the last runs: what was made when, and how it ended."""
    runs = _look(config, lambda found: found.runs(brief, limit))
    if as_json:
        print_json([_run_json(each) for each in runs])
        return ExitCode.OK
    if not runs:
        note("briefs: nothing was run yet")
        return ExitCode.OK
    sys.stdout.write(
        _ROW.format("run", "brief", "edition", "ended", "outcome", "exit", "articles", "points", "").rstrip() + "\n"
    )
    for each in runs:
        ended = _time(each.ended) if each.ended else "-"
        code = "-" if each.exit_code is None else each.exit_code
        values = (each.id, each.brief, each.edition, ended, each.outcome, code, each.articles, each.points)
        sys.stdout.write(_ROW.format(*values, each.message).rstrip() + "\n")
    return ExitCode.OK


def show(
    number: Annotated[int, typer.Argument(metavar="RUN", help="Number of the run, as `briefs history` shows it.")],
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Show one run: its articles by theme, its files, and what became of its messages."""
    found = _look(config, lambda history: history.run(number))
    if not found:
        raise UsageError(f"there is no run {number}", hint="briefs history lists the runs")
    mails = _mails(config, (found.brief, found.edition))
    if as_json:
        print_json({**_run_json(found), "deliveries": [each._asdict() for each in mails]})
        return ExitCode.OK
    lines = [
        ("run", found.id), ("brief", found.brief), ("edition", found.edition), ("outcome", found.outcome),
        ("exit", "-" if found.exit_code is None else found.exit_code), ("began", _time(found.started)),
        ("ended", _time(found.ended) if found.ended else "-"), ("articles", found.articles), ("points", found.points),
        *((f"  {theme}", f"{n} article" if n == 1 else f"{n} articles") for theme, n in found.counts.items()),
        *(("file", path) for path in found.files), ("message", found.message or "-"), ("config", found.config),
        *(("mail", f"{each.recipient}: {each.state}{f' ({each.reply})' if each.reply else ''}") for each in mails),
    ]  # fmt: skip
    for name, value in lines:
        sys.stdout.write(f"{name:<12} {value}\n")
    return ExitCode.OK


def _look(config: Path | None, ask: Any) -> Any:
    """The answer of a history that another run may be writing to; nothing where there is no store yet."""
    from briefs.workspace import open_history

    found = open_history(read_settings(config or Path("briefs.toml")))
    if found is None:
        return []
    try:
        return ask(found)
    finally:
        found.connection.close()


def _mails(config: Path | None, edition: tuple[str, str]) -> "Sequence[Delivery]":
    from briefs.workspace.outbox import Outbox

    with Outbox(read_settings(config or Path("briefs.toml")).workspace_folder) as outbox:
        return outbox.deliveries(edition=edition, everything=True)


def _run_json(run: "Run") -> dict[str, Any]:
    values = run._asdict()
    return {**values, **{name: _stamp(values[name]) for name in ("started", "ended")}}


def _stamp(seconds: int | None) -> str | None:
    return None if seconds is None else dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat()


def _time(seconds: int) -> str:
    return dt.datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M")
