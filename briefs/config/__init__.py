"""Settings: `briefs.toml` and the environment become frozen dataclasses. Every default of the program is in `settings`.

Relative paths in a file are taken from the file's own folder. An unknown key is an error that names the nearest known
one. docs/configuration.md is generated from the `doc` of each field and a test keeps it so.
"""

import dataclasses
import glob
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from briefs.config.build import build, nearest, read_toml
from briefs.config.check import FORMATS, PDF_VARIANTS, check_formats, check_settings, is_address
from briefs.config.settings import (
    BriefSettings,
    DetectSettings,
    ExtractSettings,
    FetchSettings,
    Limits,
    MailSettings,
    MonitorSettings,
    RenderSettings,
    Settings,
    ThemeSettings,
    TranslateSettings,
    default_themes,
)

__all__ = [
    "ENVIRONMENT",
    "FORMATS",
    "PDF_VARIANTS",
    "BriefSettings",
    "DetectSettings",
    "ExtractSettings",
    "FetchSettings",
    "Limits",
    "MailSettings",
    "MonitorSettings",
    "RenderSettings",
    "Settings",
    "ThemeSettings",
    "TranslateSettings",
    "check_formats",
    "default_themes",
    "load_settings",
    "nearest",
    "parse_settings",
]

ENVIRONMENT = {
    "BRIEFS_OUT": ("out", "where briefs are written, in place of `out`"),
    "BRIEFS_WORKSPACE": ("workspace", "where the store is kept, in place of `workspace`"),
    "BRIEFS_PACKS": ("packs", "folder of installed translation packs, in place of `packs`"),
    "BRIEFS_MAIL_PASSWORD": ("mail.password", "the mail server's password or OAuth token"),
}


def load_settings(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read `path` (or only the defaults) and the environment; ConfigError says what is wrong and where."""
    if path is None:
        settings = Settings()
    else:
        settings = parse_settings(read_toml(path), str(path), path.resolve().parent)
    environment = os.environ if environment is None else environment
    for variable, (name, _) in ENVIRONMENT.items():
        if value := environment.get(variable):
            table, _, key = name.rpartition(".")
            part: Any = dataclasses.replace(getattr(settings, table), **{key: value}) if table else value
            changed: dict[str, Any] = {table or key: part}
            settings = dataclasses.replace(settings, **changed)
    return settings


def parse_settings(data: Mapping[str, Any], where: str, folder: Path) -> Settings:
    """Settings from parsed TOML; relative paths count from `folder`."""
    settings: Settings = build(Settings, data, where)
    check_settings(settings, where)

    def resolve(text: str) -> str:
        # Not Path.resolve: a link keeps its name in the brief.
        return os.path.normpath(folder / text) if text else ""

    def resolve_source(text: str) -> str:
        # In a pattern the folder is no part of the pattern, whatever brackets its name has.
        magic = glob.has_magic(text) and not (folder / text).exists()
        return os.path.normpath(Path(glob.escape(str(folder))) / text) if magic else resolve(text)

    def resolve_template(name: str) -> str:
        # A shipped template has a plain name; a folder beside the file wins over it.
        return resolve(name) if name and (folder / name).is_dir() else name

    def resolve_brief(brief: BriefSettings) -> BriefSettings:
        return dataclasses.replace(
            brief,
            sources=tuple(map(resolve_source, brief.sources)),
            urls=tuple(text if is_address(text) else resolve(text) for text in brief.urls),
            template=resolve_template(brief.template),
        )

    render, mail, monitor = settings.render, settings.mail, settings.monitor
    return dataclasses.replace(
        settings,
        out=resolve(settings.out),
        workspace=resolve(settings.workspace),
        packs=resolve(settings.packs),
        translate=dataclasses.replace(settings.translate, glossary=resolve(settings.translate.glossary)),
        render=dataclasses.replace(
            render, template=resolve_template(render.template), template_dir=resolve(render.template_dir)
        ),
        mail=dataclasses.replace(mail, password_file=resolve(mail.password_file), ca_file=resolve(mail.ca_file)),
        monitor=dataclasses.replace(monitor, metrics=resolve(monitor.metrics), log_file=resolve(monitor.log_file)),
        brief=tuple(map(resolve_brief, settings.brief)),
    )
