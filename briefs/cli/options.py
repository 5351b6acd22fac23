"""What several commands take: their options, and the settings, dates and formats that are made of them."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from briefs.errors import UsageError

if TYPE_CHECKING:
    from briefs.config import Settings

Inputs = Annotated[list[str], typer.Argument(help="Files, folders or glob patterns.", show_default=False)]
Config = Annotated[Path | None, typer.Option("-c", "--config", help="A briefs.toml.", show_default=False)]
Day = Annotated[str | None, typer.Option("--date", help="Date of the brief, YYYY-MM-DD.", show_default="today")]
Out = Annotated[Path | None, typer.Option("--out", help="Output folder, in place of the config's.", show_default=False)]
Formats = Annotated[
    str | None, typer.Option("--format", help="Any of pdf,html,md,json, joined by commas.", show_default="pdf")
]
TemplateDir = Annotated[
    Path | None, typer.Option("--template-dir", help="Folder of your own templates.", show_default="the config's")
]
Variant = Annotated[
    str | None, typer.Option("--pdf-variant", help="pdf/ua-1 or pdf/a-3u.", show_default="the config's, or pdf/ua-1")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
LogFile = Annotated[Path | None, typer.Option("--log-file", help="Append a log to this file.", show_default=False)]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Print results and errors only.")]


def read_settings(config: Path | None, out: Path | None = None) -> "Settings":
    """The settings of a config, with another output folder if one is named."""
    import dataclasses

    from briefs.config import load_settings

    settings = load_settings(config)
    return dataclasses.replace(settings, out=str(out)) if out else settings


def found_config(config: Path | None) -> Path | None:
    """The config that is named, or the briefs.toml of this folder if there is one."""
    here = Path("briefs.toml")
    return config or (here if here.is_file() else None)


def with_rendering(settings: "Settings", template_dir: Path | None, variant: str | None) -> "Settings":
    """The settings with what the command line says of rendering; UsageError for a variant that is none."""
    import dataclasses

    from briefs.config import PDF_VARIANTS, nearest

    if variant is not None and variant not in PDF_VARIANTS:
        raise UsageError(f"--pdf-variant {variant}: unknown", hint=nearest(variant, PDF_VARIANTS))
    changed = {"template_dir": str(template_dir) if template_dir else "", "pdf_variant": variant or ""}
    given: dict[str, Any] = {name: value for name, value in changed.items() if value}
    return dataclasses.replace(settings, render=dataclasses.replace(settings.render, **given))


def read_day(text: str | None) -> dt.date:
    """The date of the brief: today, or the one asked for, which may be tomorrow's but no later."""
    today = dt.date.today()
    if text is None:
        return today
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--date {text}: not a date", hint="write it as YYYY-MM-DD, for example 2026-09-21") from error
    if day > today + dt.timedelta(days=1):
        raise UsageError(f"--date {text} is in the future", hint="a brief is dated today, tomorrow at the latest")
    return day


def read_formats(text: str | None) -> tuple[str, ...]:
    """The formats of --format, none if it is not given; UsageError for one that is none."""
    from briefs.config import check_formats
    from briefs.errors import ConfigError

    formats = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip())) if text else ()
    try:
        check_formats(formats, "--format")
    except ConfigError as error:
        raise UsageError(error.message, hint=error.hint) from error
    return formats
