"""`briefs packs`: what there is, what is wrong with it, and how packs come and go."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from briefs.cli.options import AsJson, Config, found_config
from briefs.cli.output import note, print_json
from briefs.errors import BriefError, ExitCode, PackError, UsageError

if TYPE_CHECKING:
    from briefs.config import Settings
    from briefs.packs import Broken, Pack

packs_app = typer.Typer(no_args_is_help=True, help="Translation packs.", rich_markup_mode=None)

Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Print results and errors only.")]
Name = Annotated[str, typer.Argument(help="A pack's name, code (ja_en) or path.", show_default=False)]
_HEAD = 12  # lines printed of a README or a licence


@packs_app.command("list")
def list_command(config: Config = None, as_json: AsJson = False) -> int:
    """List packs in the order in which they are chosen; a star marks the one that is used for its languages."""
    rows = list(_rows(_settings(config)))
    if as_json:
        print_json(rows)
        return ExitCode.OK
    for row in rows:
        if row["fault"]:
            _write(f"! {'broken':8} {row['path']}: {row['fault']}")
            continue
        pair, name = f"{row['source']}-{row['target']}", f"{row['name']} {row['version']}"
        mark = "*" if row["used"] else " "
        _write(f"{mark} {pair:8} {name:24} {row['origin']:10} {row['sha256'][:12]}… {row['path']}")
    return ExitCode.OK


@packs_app.command("install")
def install_command(
    what: Annotated[
        str, typer.Argument(metavar="FILE-or-CODE", help="An .argosmodel file, or a code of the Argos index: ja_en.")
    ],
    config: Config = None,
    quiet: Quiet = False,
) -> int:
    """Install a pack from a file (no network is used) or from the Argos index; it is tried before it takes its place."""
    from briefs.packs import Installer, find_pack
    from briefs.translate import try_pack

    settings = _settings(config)
    with _Download(quiet=quiet) as download:
        installer = Installer(settings.packs, pins=settings.translate.pins, try_out=try_pack, progress=download.show)
        pack, fresh = installer.install(what)
    sys.stdout.write(f"{pack.path}\n")
    if quiet:
        return ExitCode.OK
    note(f"briefs: {_title(pack)} {'is installed' if fresh else 'was installed already'}, sha256 {pack.info.sha256}")
    used = find_pack(pack.info.source, pack.info.target, settings.packs)
    if used.path != pack.path:
        note(f"briefs: {used.path} is newer, and stays in use")
    return ExitCode.OK


@packs_app.command("verify")
def verify_command(
    names: Annotated[
        list[str] | None, typer.Argument(help="Names, codes or paths of packs; all if none is named.")
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Load packs, translate a sentence with each, and compare their sha256 with the recorded and pinned ones (exit 5)."""
    settings = _settings(config)
    found = [pack for name in names for pack in _matching(name, settings)] if names else list(_survey(settings))
    rows = [_verified(each, settings) for each in dict.fromkeys(found)]
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            _write(f"{'FAIL' if row['faults'] else 'ok  '} {row['path']}{row['detail']}")
            for fault in row["faults"]:
                _write(f"     {fault['message']}")
                _write(f"     mend: {fault['mend']}")
    return ExitCode.MISSING if any(row["faults"] for row in rows) else ExitCode.OK


@packs_app.command("remove")
def remove_command(
    name: Name,
    config: Config = None,
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")] = False,
) -> int:
    """Remove an installed pack, whole or broken; the built-in one stays."""
    from briefs.packs import Broken, remove_pack

    settings = _settings(config)
    found = _matching(name, settings)
    chosen = [each for each in found if isinstance(each, Broken) or each.info.origin == "installed"]
    if not chosen:
        raise UsageError(f"{found[0].path} is part of the program", hint="only installed packs can be removed")
    if len(chosen) > 1:
        raise UsageError(
            f"{name} means {len(chosen)} packs", hint=f"name one: {', '.join(each.path.name for each in chosen)}"
        )
    path = chosen[0].path
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(f"{path} is only removed when asked for", hint="add --yes")
        if not typer.confirm(f"Remove {path}?", err=True):
            note("briefs: nothing was removed")
            return ExitCode.OK
    remove_pack(path, settings.packs)
    note(f"briefs: {path} is removed")
    return ExitCode.OK


@packs_app.command("info")
def info_command(
    name: Annotated[str, typer.Argument(help="A pack's name, code (ja_en) or path; or any .argosmodel file.")],
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Print what a pack says of itself, the head of its README and licence, and its sizes."""
    from briefs.packs import Broken, describe_pack

    settings = _settings(config)
    is_file = name.endswith(".argosmodel") and Path(name).is_file()
    packs = [describe_pack(Path(name), "file")] if is_file else _matching(name, settings)
    rows = []
    for pack in packs[:1]:
        if isinstance(pack, Broken):
            raise pack.error
        rows.append(_information(pack))
    if as_json:
        print_json(rows[0])
        return ExitCode.OK
    for key, value in rows[0].items():
        lines = value if isinstance(value, list) else [value]
        if isinstance(value, dict):
            lines = [f"{inner}: {_plain(each)}" for inner, each in value.items()]
        for number, line in enumerate(lines):
            _write(f"{key if not number else '':12} {line}")
    return ExitCode.OK


class _Download:
    """The progress of a download: a bar on a terminal, nothing elsewhere."""

    def __init__(self, *, quiet: bool) -> None:
        self._bar: Any = None
        self._task: Any = None
        if not quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

            columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)

    def __enter__(self) -> "_Download":
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, name: str, done: int, total: int) -> None:
        if self._bar is None:
            return
        if self._task is None:
            self._task = self._bar.add_task(name)
        self._bar.update(self._task, completed=done, total=total or None)


def _settings(config: Path | None) -> "Settings":
    from briefs.config import load_settings

    return load_settings(found_config(config))


def _survey(settings: "Settings") -> "tuple[Pack | Broken, ...]":
    from briefs.packs import survey_packs

    return survey_packs(settings.packs)


def _title(pack: "Pack") -> str:
    return f"{pack.info.name} {pack.info.version} ({pack.info.source}-{pack.info.target})"


def _rows(settings: "Settings") -> Iterator[dict[str, Any]]:
    from briefs.packs import Broken

    seen = set()
    for each in _survey(settings):
        if isinstance(each, Broken):
            yield {"path": str(each.path), "used": False, "fault": each.error.message, "mend": each.error.hint}
            continue
        info, pair = each.info, (each.info.source, each.info.target)
        yield {
            "name": info.name, "version": info.version, "source": info.source, "target": info.target,
            "origin": info.origin, "sha256": info.sha256, "path": str(each.path), "used": pair not in seen, "fault": "",
            "pinned": f"{info.source}-{info.target}" in settings.translate.pins,
        }  # fmt: skip
        seen.add(pair)


def _matching(name: str, settings: "Settings") -> "list[Pack | Broken]":
    """The packs that `name` may mean, in their order: a path, a file name, a name, or a code."""
    from briefs.config import nearest
    from briefs.packs import Broken

    known: dict[str, list[Pack | Broken]] = {}
    for each in _survey(settings):
        words = {each.path.name, each.path.stem, str(each.path), str(each.path.absolute())}
        if not isinstance(each, Broken):
            pair = (each.info.source, each.info.target)
            words |= {each.info.name, "_".join(pair), "-".join(pair), f"translate-{'_'.join(pair)}"}
        for word in words:
            known.setdefault(word, []).append(each)
    found = known.get(name) or known.get(name.rstrip("/"))
    if not found:
        short = [word for word in known if "/" not in word]
        raise PackError(f"no pack is named {name!r}", hint=nearest(name, short))
    return found


def _verified(each: "Pack | Broken", settings: "Settings") -> dict[str, Any]:
    """What was found: the faults in words, each with its mend."""
    from briefs.packs import Broken, check_pin
    from briefs.translate import try_pack

    row: dict[str, Any] = {"path": str(each.path), "detail": "", "faults": []}
    if isinstance(each, Broken):
        return {**row, "faults": [{"message": each.error.message, "mend": each.error.hint}]}
    if each.recorded and each.recorded.sha256 != each.info.sha256:
        message = (
            f"its files have changed since it was installed: sha256 {each.info.sha256}, not {each.recorded.sha256}"
        )
        row["faults"].append({"message": message, "mend": "install it again from its .argosmodel file, or remove it"})
    for check in (lambda: check_pin(each, settings.translate.pins), lambda: try_pack(each, settings.translate)):
        try:
            answer = check()
        except BriefError as error:
            row["faults"].append({"message": error.message, "mend": error.hint})
        else:
            row["detail"] = f": {_title(each)}, {answer!r}" if answer else row["detail"]
    return row


def _information(pack: "Pack") -> dict[str, Any]:
    files = pack.read_files()
    metadata = json.loads(files["metadata.json"])
    heads = {
        part: _head(files, part)
        for part in ("README", "LICENSE")
        if any(name.upper().startswith(part) for name in files)
    }
    tokenizer = next((name for name in ("sentencepiece.model", "bpe.model") if name in files), "none")
    return {
        "path": str(pack.path),
        "origin": pack.info.origin,
        "sha256": pack.info.sha256,
        "file sha256": pack.recorded.archive if pack.recorded else "not recorded",
        "tokenizer": tokenizer,
        "vocabulary": sorted(name for name in files if "vocabulary." in name),
        "bytes": sum(map(len, files.values())),
        "files": {name: len(data) for name, data in files.items()},
        "metadata": metadata,
        **heads,
    }


def _head(files: dict[str, bytes], part: str) -> list[str]:
    name = next(name for name in files if name.upper().startswith(part))
    lines = files[name][:20_000].decode("utf-8", "replace").strip().splitlines()
    return [*lines[:_HEAD], *(["…"] if lines[_HEAD:] else [])]


def _write(line: str) -> None:
    """Print a line; what a pack says of itself must not steer the terminal."""
    sys.stdout.write("".join(c for c in line if c.isprintable()) + "\n")


def _plain(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else str(value)
