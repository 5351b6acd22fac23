"""Brief to HTML, PDF, Markdown and JSON: pure functions of the brief and a template; the PDF is checked before use."""

import dataclasses
import unicodedata
from collections.abc import Collection, Mapping
from typing import NamedTuple

from briefs.brief import Brief, Problem, Severity
from briefs.errors import RenderError
from briefs.registry import Template
from briefs.render.check import check_pdf
from briefs.render.html import FolderTemplate, NullTemplate, plain_view, shown_view
from briefs.render.manifest import Setting, attach
from briefs.render.markdown import to_markdown
from briefs.render.pdf import PDF_UA, find_missing, print_pdf, spell_out
from briefs.worker import Worker

__all__ = ["FolderTemplate", "NullTemplate", "Rendered", "render"]

FONTS = "install a font that has it, such as fonts-noto-core, fonts-noto-cjk or fonts-noto-color-emoji"


class Rendered(NamedTuple):
    """The contents by format, and the brief with what rendering had to say added to its problems."""

    files: Mapping[str, bytes]
    brief: Brief


def render(
    brief: Brief, *, template: Template, formats: Collection[str], seconds: float, variant: str = PDF_UA
) -> Rendered:
    """Render `brief` in each of `formats`; nothing is written. `variant` is one of `pdf.VARIANTS`.

    Raises:
        RenderError: a template is wrong, the PDF took over `seconds`, or it failed its self-check.
    """
    files: dict[str, bytes] = {}
    if "pdf" in formats:
        files["pdf"], brief = _render_pdf(brief, Setting(template, variant), seconds)
    if "html" in formats:
        files["html"] = template.html(brief).encode()
    if "md" in formats:
        files["md"] = to_markdown(plain_view(brief)).encode()
    if "json" in formats:
        files["json"] = brief.to_json().encode()
    return Rendered({name: files[name] for name in formats}, brief)


def _render_pdf(brief: Brief, setting: Setting, seconds: float) -> tuple[bytes, Brief]:
    """The PDF, checked, and the brief with a problem where characters had to be spelled out."""
    template = setting.template
    with Worker() as worker:
        missing = find_missing(template.html(brief), worker=worker, seconds=seconds)
        # Twice at most: the first look leaves out the characters that fonts have as a rule.
        for _ in range(2):
            noted = _with_glyph_problem(brief, missing)
            html = spell_out(template.html(noted), missing)
            attached = attach(noted, setting._replace(missing=missing))
            printed = print_pdf(html, worker=worker, seconds=seconds, variant=setting.variant, attached=attached)
            if not printed.missing:
                break
            missing = tuple(sorted({*missing, *printed.missing}))
        else:
            raise RenderError(f"no font has {_names(printed.missing)}", hint=FONTS)
    view = shown_view(template, noted)
    texts = [spell_out(text, missing) for text in view.texts]
    check_pdf(printed.pdf, title=spell_out(view.title, missing), texts=texts)
    return printed.pdf, noted


def _with_glyph_problem(brief: Brief, missing: tuple[str, ...]) -> Brief:
    if not missing:
        return brief
    problem = Problem(
        source=brief.name,
        stage="render",
        message=f"no installed font has {_names(missing)}: the PDF shows the code instead",
        hint=FONTS,
        severity=Severity.WARNING,
    )
    return dataclasses.replace(brief, problems=(*brief.problems, problem))


def _names(characters: tuple[str, ...]) -> str:
    return ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, '')}".strip() for c in characters)
