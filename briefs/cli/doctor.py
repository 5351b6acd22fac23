"""`briefs doctor`: tries what a run needs, and says how to mend what does not work."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from briefs.cli.options import found_config
from briefs.config import Settings, load_settings
from briefs.errors import BriefError

_FONTS = "apt-get install fonts-noto-core fonts-noto-cjk"
_PANGO = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
_SAMPLES = {
    "Japanese": ("ja", "日本語の見出しと本文"),
    "Chinese": ("zh", "简体中文标题"),
    "Latin": ("en", "Brief, 3–5 points"),
    "Cyrillic": ("ru", "Заголовок"),
}


class Finding(NamedTuple):
    """What was tried: `works` is None for what is not set up and need not be."""

    what: str
    works: bool | None
    detail: str
    mend: str = ""


def examine(config: Path | None, out: Path | None) -> Iterator[Finding]:
    """Try everything, one finding after the other; a config that does not load ends it."""
    yield Finding("python", sys.version_info >= (3, 11), sys.version.split()[0], "install Python 3.11 or newer")
    try:
        config = found_config(config)
        settings = load_settings(config)
    except BriefError as error:
        yield Finding("config", False, error.message, error.hint)
        return
    where = str(config) if config else "none; the defaults are used"
    yield Finding("config", True, where)
    yield _tried("pango", _check_pango)
    for script, (language, sample) in _SAMPLES.items():
        yield _tried(f"font {script}", _font_check(language, sample))
    for seam, name in _chosen(settings):
        yield _tried(seam, _backend_check(seam, name))
    if settings.translate.backend == "argos":
        yield _tried("pack ja-en", lambda: _check_pack(settings))
    folder = out or settings.out_folder
    yield _tried("output", lambda: _check_writable(folder))
    yield _tried("workspace", lambda: _check_writable(settings.workspace_folder if out is None else folder / ".briefs"))
    if settings.mail.host:
        yield _tried("mail", lambda: _check_mail(settings))
    else:
        yield Finding("mail", None, "no mail server is set: briefs are written to the output folder")
    if any(brief.schedule for brief in settings.brief):
        yield _tried("schedule", lambda: _check_schedules(settings))


def _chosen(settings: Settings) -> list[tuple[str, str]]:
    """The seams that a config chooses a backend for."""
    detector, translator, extractor = settings.detect.backend, settings.translate.backend, settings.extract.backend
    return [("detector", detector), ("translator", translator), ("extractor", extractor)]


def _backend_check(seam: str, name: str) -> Callable[[], str]:
    def check() -> str:
        from briefs.registry import load_backend

        load_backend(seam, name)
        return name

    return check


def _tried(what: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, check())
    except BriefError as error:
        return Finding(what, False, error.message, error.hint)


def _check_mail(settings: Settings) -> str:
    from briefs.deliver import examine_mail

    return examine_mail(settings)


def _check_schedules(settings: Settings) -> str:
    from briefs.schedule import parse_schedule

    scheduled = [brief.name for brief in settings.brief if parse_schedule(brief) is not None]
    return f"{', '.join(scheduled)}; briefs schedule show tells whether a timer is installed"


def _check_pango() -> str:
    from briefs.errors import DependencyError

    try:
        import weasyprint
        from weasyprint.text.ffi import pango
    except (OSError, ImportError) as error:
        raise DependencyError(f"WeasyPrint does not load: {str(error).splitlines()[0]}", hint=_PANGO) from error
    number = pango.pango_version()
    return f"WeasyPrint {weasyprint.__version__}, Pango {number // 10000}.{number // 100 % 100}.{number % 100}"


def _font_check(language: str, sample: str) -> Callable[[], str]:
    def check() -> str:
        from briefs.errors import DependencyError
        from briefs.render.pdf import print_pdf
        from briefs.worker import Worker

        html = f'<html lang="{language}"><body style="font-family: Noto Sans CJK JP, Noto Sans, sans-serif">{sample}</body></html>'
        with Worker() as worker:
            missing = print_pdf(html, worker=worker, seconds=60).missing
        if missing:
            raise DependencyError(f"no font has {' '.join(missing)}", hint=_FONTS)
        return f"{sample}: every character has a glyph"

    return check


def _check_pack(settings: Settings) -> str:
    from briefs.errors import PackError
    from briefs.packs import find_route
    from briefs.translate import PackTranslator

    pack = find_route("ja", settings.translate.target, settings.packs, settings.translate.pins)[-1]
    answer = PackTranslator(settings.translate, settings.packs).translate(
        ["会談は東京で行われた。"], "ja", settings.translate.target
    )[0]
    if not answer.text:
        raise PackError(
            f"pack {pack.info.name} {pack.info.version} loads, but does not translate a plain sentence",
            hint="install another pack",
        )
    state = "a draft at best: install another pack, or train one" if pack.info.draft else f"says {answer.text!r}"
    return f"{pack.info.name} {pack.info.version} ({pack.info.origin}), sha256 {pack.info.sha256[:12]}…: {state}"


def _check_writable(folder: Path) -> str:
    from briefs.workspace import probe_folder

    probe_folder(folder)
    return f"{folder} can be written"
