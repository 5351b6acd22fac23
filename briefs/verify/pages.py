"""Whether the pages of a PDF say what the data in it says: they are made again and compared whole."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from briefs.config import Settings
from briefs.errors import BriefError, RenderError, VerifyError
from briefs.render import FolderTemplate
from briefs.render.check import check_pdf, read_facts, read_files, read_links, read_pages, read_pieces
from briefs.render.html import find_templates, plain_view, shown_view, templates_folder
from briefs.render.manifest import (
    Attachments,
    again_attached,
    describe_template,
    digest_pages,
    read_attachments,
    spelled_out,
)
from briefs.render.pdf import VARIANTS, print_pdf, spell_out
from briefs.verify.checks import Check
from briefs.verify.relaid import Text, find_foreign
from briefs.worker import Worker, WorkerFailure

SECONDS = 60.0  # for reading a PDF; laying it out has render.seconds
FAILED = "the PDF failed its self-check: "
_AROUND = 24  # characters shown on either side of a difference


P = TypeVar("P")
R = TypeVar("R")


class Given(NamedTuple):
    """A PDF: its bytes, its attachments, the text of its pages, where its links lead, the characters no font has."""

    pdf: bytes
    files: Mapping[str, bytes]
    pages: list[str]
    links: list[list[str]]
    missing: tuple[str, ...] = ()


class Layout(NamedTuple):
    """What pages are made with: a template, a child process, and the seconds that it may take."""

    template: FolderTemplate | None
    worker: Worker
    seconds: float


def find_template(manifest: Mapping[str, Any], settings: Settings) -> FolderTemplate | None:
    """The template that `manifest` names, if it is here with the same SHA-256: shipped, or one that the settings name."""
    folder = settings.render.template_dir
    own = (settings.render.template, *(brief.template for brief in settings.brief if brief.template))
    for name in (*find_templates(templates_folder()), *(find_templates(Path(folder)) if folder else ()), *own):
        try:
            template = FolderTemplate(name, folder=folder)
        except (BriefError, OSError, ValueError):
            continue
        if describe_template(template) == manifest.get("template"):
            return template
    return None


def check_points(given: Given, carried: Attachments, layout: Layout) -> Check:
    """Is every sentence of every point that the template shows on the pages?"""
    try:
        missing = spelled_out(carried.manifest)
        view = shown_view(layout.template, carried.brief) if layout.template else plain_view(carried.brief)
        texts = [spell_out(text, missing) for text in view.texts]
        title = spell_out(view.title, missing)
        layout.worker.call(SECONDS, check_pdf, given.pdf, title=title, texts=texts)
    except (BriefError, WorkerFailure, ValueError, OverflowError, MemoryError) as error:
        reason = str(error).removeprefix(FAILED)
        if layout.template is None:
            return Check("points", None, f"{reason}, which may be so: the template is not here")
        return Check("points", False, reason)
    return Check("points", True, f"the {len(texts)} sentences of its points are on the pages")


def check_pages(given: Given, carried: Attachments, layout: Layout) -> Check:
    """Is the text of every page, and every link, what template and data give?"""
    again = _print_again(given, carried, layout)
    altered = _find_altered(given, carried)
    if altered:
        difference = first_difference(again.pages, given.pages) if again else ""
        return Check("pages", False, f"{altered} after the brief was made" + (f": {difference}" if difference else ""))
    if again is None:
        template = carried.manifest.get("template")
        name = template.get("name") if isinstance(template, dict) else template
        return Check("pages", None, f"as the manifest has them, but not made again: template {name} is not here")
    return _compare(given, carried, again, layout.worker)


def _find_altered(given: Given, carried: Attachments) -> str:
    """In words, which page is not the one that the manifest knows; "" if all are."""
    noted, found = carried.manifest.get("pages"), digest_pages(given.pages)
    if noted == found:
        return ""
    changed = [n for n, own in enumerate(found, 1) if not isinstance(noted, list) or own not in noted]
    return f"page {changed[0]} was changed" if changed else "pages were taken out, added or put in another order"


def _print_again(given: Given, carried: Attachments, layout: Layout) -> Given | None:
    """The pages made from the data that the PDF carries; None without its template, or if it cannot be printed."""
    variant = carried.manifest.get("pdf_variant")
    if layout.template is None or variant not in VARIANTS:
        return None
    brief, worker = carried.brief, layout.worker
    attached = again_attached(given.files, brief)
    try:
        html = spell_out(layout.template.html(brief), spelled_out(carried.manifest))
        printed = print_pdf(html, worker=worker, seconds=layout.seconds, variant=variant, attached=attached)
    except (BriefError, ValueError, OverflowError, MemoryError):
        return None
    return read_given(printed.pdf, worker)._replace(missing=printed.missing)


def read_given(pdf: bytes, worker: Worker) -> Given:
    """What there is to be read in a PDF, read in a child process."""
    files = _read(worker, read_files, pdf)
    return Given(pdf, files, _read(worker, read_pages, pdf), _read(worker, read_links, pdf))


def read_carried(given: Given, worker: Worker) -> Attachments:
    """The manifest and the brief that a PDF carries, unpacked and read in a child process."""
    return _read(worker, read_attachments, given.files)


def _read(worker: Worker, function: Callable[[P], R], given: P) -> R:
    try:
        return worker.call(SECONDS, function, given)
    except VerifyError:
        raise
    except RenderError as error:
        message = error.message.removeprefix(FAILED)
        raise VerifyError(
            f"this is no PDF that can be verified: {message}", hint="name a PDF that briefs made"
        ) from error
    except (WorkerFailure, MemoryError, ValueError) as failure:
        reason = "it takes too much memory" if isinstance(failure, MemoryError) else failure
        raise VerifyError(f"the PDF cannot be read: {reason}", hint="it is damaged, or made to do so") from failure


def _compare(given: Given, carried: Attachments, again: Given, worker: Worker) -> Check:
    if again.pdf == given.pdf:
        return Check("pages", True, f"{len(given.pages)} pages, made again from the data, are the same byte for byte")
    if carried.manifest.get("layout") != read_carried(again, worker).manifest.get("layout"):
        return _compare_relaid(given, again, worker)
    reason = "it is not the bytes that are made again from the data: changed, or saved again by another program"
    if given.pages != again.pages:
        return Check("pages", False, f"{reason}: {first_difference(again.pages, given.pages)}")
    return Check("pages", False, reason + _differ_beside(given, again, worker))


def _compare_relaid(given: Given, again: Given, worker: Worker) -> Check:
    """Fonts and WeasyPrint are others, so lines and pages break elsewhere; but nothing else may differ."""
    if again.missing:
        return Check("pages", None, "as the manifest has them; the fonts here lack characters, so not made again")
    own, other = (Text(each.pages, _read(worker, read_pieces, each.pdf)) for each in (again, given))
    different = find_foreign(own, other)
    if different:
        return Check("pages", False, f"made again from the data they differ: {different}")
    beside = _differ_beside(given, again, worker)
    if beside:
        return Check("pages", False, "made again from the data they differ" + beside)
    detail = "their text is what the data gives; fonts or programs here are others, so their look is not compared"
    return Check("pages", None, detail)


def _differ_beside(given: Given, again: Given, worker: Worker) -> str:
    """In words, what differs besides text: where links lead, title and author; "" if nothing does."""
    if _addresses(given) != _addresses(again):
        return ": a link leads elsewhere than the data says"
    own, other = (_read(worker, read_facts, each.pdf) for each in (again, given))
    wrong = [key for key in own.keys() | other.keys() if key != "Producer" and own.get(key) != other.get(key)]
    return f": its {min(wrong)} is {other.get(min(wrong), '')!r}, not {own.get(min(wrong), '')!r}" if wrong else ""


def _addresses(given: Given) -> set[str]:
    # A link over a break is two.
    return {address for page in given.links for address in page}


def first_difference(expected: Sequence[str], found: Sequence[str]) -> str:
    """In words, where two documents begin to differ."""
    for number, (own, other) in enumerate(zip(expected, found, strict=False), 1):
        if own != other:
            at = next(
                (n for n, (a, b) in enumerate(zip(own, other, strict=False)) if a != b), min(len(own), len(other))
            )
            around = slice(max(0, at - _AROUND), at + _AROUND)
            return f"page {number} says {other[around]!r} in place of {own[around]!r}"
    return f"{len(found)} pages in place of {len(expected)}"
