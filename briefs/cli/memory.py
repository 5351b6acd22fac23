"""`briefs memory`: what the translation memory holds, its upkeep, and TMX to and from translators' tools."""

import dataclasses
import datetime as dt
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from briefs.cli.options import AsJson, Config, Out, found_config
from briefs.cli.output import note, print_json
from briefs.errors import ExitCode, InputError, UsageError

if TYPE_CHECKING:
    from briefs.config import Settings
    from briefs.workspace import Stats, TranslationMemory

memory_app = typer.Typer(no_args_is_help=True, help="Look after the translation memory.", rich_markup_mode=None)


@memory_app.command("stats")
def stats_command(config: Config = None, out: Out = None, as_json: AsJson = False) -> int:
    """Say what the memory holds, by pack; a run may be at work meanwhile."""
    from briefs.workspace import Stats

    settings = _settings(config, out)
    memory = _open(settings)
    if memory is None:
        stats = Stats((), 0, 0)
    else:
        try:
            stats = memory.stats()
        finally:
            memory.close()
    found = _summary(stats)
    if as_json:
        print_json(found)
        return ExitCode.OK
    sys.stdout.write(
        f"{found['entries']} translations ({found['flagged']} flagged, {found['refused']} shown in the original), "
        f"{found['authoritative']} authoritative, {found['bytes']:,} bytes\n"
    )
    for maker in found["makers"]:
        sys.stdout.write(f"{maker['entries']:>8}  {maker['languages']:8} {maker['pack']}, used {maker['used']}\n")
    return ExitCode.OK


@memory_app.command("prune")
def prune_command(  # noqa: PLR0913, PLR0917 - Typer: one parameter an option
    unused: Annotated[
        int | None, typer.Option(min=0, help="Drop translations not used for so many days.", show_default=False)
    ] = None,
    missing_packs: Annotated[
        bool, typer.Option("--missing-packs", help="Drop translations of packs that are no longer here.")
    ] = False,
    authoritative: Annotated[
        bool, typer.Option("--authoritative", help="Drop everything that was imported as authoritative.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say how many would go; drop none.")] = False,
    config: Config = None,
    out: Out = None,
    as_json: AsJson = False,
) -> int:
    """Drop translations that nobody needs. Authoritative ones stay unless they are named."""
    from briefs.packs import list_packs
    from briefs.workspace import Workspace

    if unused is None and not missing_packs and not authoritative:
        raise UsageError("nothing was chosen to drop", hint="say --unused DAYS, --missing-packs or --authoritative")
    settings = _settings(config, out)
    present = {pack.info.sha256 for pack in list_packs(settings.packs)} if missing_packs else None
    entries = own = 0
    if _exists(settings):
        with Workspace(settings) as workspace:
            entries, own = workspace.memory.prune(
                unused_days=unused, present=present, authoritative=authoritative, dry_run=dry_run
            )
    if as_json:
        print_json({"dropped": entries, "authoritative": own, "dry_run": dry_run})
    else:
        sys.stdout.write(f"{'would drop' if dry_run else 'dropped'} {entries} translations, {own} authoritative\n")
    return ExitCode.OK


@memory_app.command("export")
def export_command(
    file: Annotated[Path, typer.Argument(help="The TMX to write.", show_default=False)],
    config: Config = None,
    out: Out = None,
    as_json: AsJson = False,
) -> int:
    """Write the memory as TMX 1.4, for any translator's tool; a run may be at work meanwhile."""
    from briefs.workspace import export_memory

    settings = _settings(config, out)
    memory = _open(settings)
    if memory is None:
        raise InputError(
            f"there is no translation memory in {settings.workspace_folder}",
            hint="build a brief first, or name the folder with --out or -c",
        )
    try:
        done = export_memory(memory, file)
    finally:
        memory.close()
    if as_json:
        print_json({"file": str(file), "units": done.units, "left_out": done.left_out})
    else:
        sys.stdout.write(f"{file}: {done.units} units\n")
        _note_reasons("left out", done.left_out)
    return ExitCode.OK


@memory_app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="A TMX of a translator's tool.", show_default=False)],
    trust: Annotated[
        bool, typer.Option("--trust", help="Take units that briefs exported as authoritative, even if unchanged.")
    ] = False,
    config: Config = None,
    out: Out = None,
    as_json: AsJson = False,
) -> int:
    """Take over a TMX: its translations are authoritative, used word for word in place of any pack's (exit 10 if some broke)."""
    from briefs.workspace import Workspace, import_memory

    settings = _settings(config, out)
    if not file.is_file():
        raise InputError(f"{file}: no such file", hint="name a TMX file")
    with Workspace(settings) as workspace:
        done = import_memory(workspace.memory, file, settings.translate.target, trust=trust)
    if as_json:
        print_json({**done._asdict(), "skipped": dict(done.skipped)})
    else:
        sys.stdout.write(f"{file}: {done.authoritative} authoritative, {done.restored} restored\n")
        _note_reasons("skipped", done.skipped)
    return ExitCode.PARTIAL if done.broken else ExitCode.OK


def _settings(config: Path | None, out: Path | None) -> "Settings":
    from briefs.config import load_settings

    settings = load_settings(found_config(config))
    return dataclasses.replace(settings, out=str(out)) if out else settings


def _open(settings: "Settings") -> "TranslationMemory | None":
    from briefs.workspace import open_memory

    return open_memory(settings)


def _exists(settings: "Settings") -> bool:
    memory = _open(settings)
    if memory is not None:
        memory.close()
    return memory is not None


def _note_reasons(what: str, reasons: Mapping[str, int]) -> None:
    for reason, count in reasons.items():
        note(f"briefs: {what}: {count} ({reason})")


def _summary(stats: "Stats") -> dict[str, Any]:
    makers = [
        {
            "pack": " + ".join(f"{pack.name} {pack.version}" for pack in each.maker.packs) or "unknown",
            "sha256": [pack.sha256 for pack in each.maker.packs],
            "languages": f"{each.maker.source}-{each.maker.target}" if each.maker.source else "?",
            "context": each.maker.context,
            "entries": each.entries,
            "flagged": each.flagged,
            "refused": each.refused,
            "without_source": each.without_source,
            "used": dt.datetime.fromtimestamp(each.used, dt.UTC).date().isoformat(),
        }
        for each in stats.makers
    ]
    totals = {name: sum(int(str(maker[name])) for maker in makers) for name in ("entries", "flagged", "refused")}
    return {**totals, "authoritative": stats.authoritative, "bytes": stats.bytes, "makers": makers}
