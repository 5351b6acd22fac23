"""`briefs verify`: checks what a brief's PDF says against what it carries, its inputs and the packs."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from briefs.cli.output import print_json
from briefs.errors import ExitCode, UsageError

_MARKS = {True: "holds      ", False: "FAILS      ", None: "not checked"}


def verify_command(
    file: Annotated[Path, typer.Argument(help="A PDF that briefs made.", show_default=False)],
    inputs: Annotated[
        Path | None, typer.Option("--inputs", help="Folder of the articles it was made from.", show_default=False)
    ] = None,
    config: Annotated[
        Path | None, typer.Option("-c", "--config", help="The briefs.toml it was made with.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> int:
    """Check a PDF against the data it carries, its inputs and the packs: what holds, what does not, what was not checked."""
    from briefs.config import load_settings
    from briefs.verify import verify

    if inputs is not None and not inputs.is_dir():
        raise UsageError(f"--inputs {inputs}: no such folder", hint="name the folder that the articles lie in")
    try:
        pdf = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}", hint="name a PDF that briefs made") from error
    checks = []
    for check in verify(pdf, load_settings(config), inputs=inputs, named=config is not None):
        checks.append(check)
        if not as_json:
            sys.stdout.write(f"{_MARKS[check.holds]}  {check.what:12} {check.detail}\n")
            sys.stdout.flush()
    if as_json:
        print_json([check._asdict() for check in checks])
    return ExitCode.RENDERING if any(check.holds is False for check in checks) else ExitCode.OK
