"""HTML to tagged PDF (PDF/UA, PDF/A) by WeasyPrint, in a child process with a time limit and no way to fetch anything."""

import datetime as dt
import gc
import hashlib
import io
import logging
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple

from briefs import __version__
from briefs.errors import DependencyError, RenderError
from briefs.render.check import read_pages
from briefs.render.manifest import MANIFEST, Attached, add_drawn, pack
from briefs.render.tagging import complete_tags, compress_once
from briefs.worker import Worker, WorkerFailure

PDF_UA, PDF_A = "pdf/ua-1", "pdf/a-3u"
VARIANTS = (PDF_UA, PDF_A)
_NOTDEF = ".notdef glyph"
# Latin, punctuation, kana, Chinese characters and hangul: in every font that a template names.
_COMMON = re.compile("[\x00-\u024f\u2010-\u2026\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff00-\uffee]+")


class Printed(NamedTuple):
    """A PDF, the characters that no font has, and what else WeasyPrint complained of."""

    pdf: bytes
    missing: tuple[str, ...]
    complaints: tuple[str, ...]


def print_pdf(
    html: str, *, worker: Worker, seconds: float, variant: str = PDF_UA, attached: Sequence[Attached] = ()
) -> Printed:
    """Lay out `html` in a child process.

    Raises:
        RenderError: after `seconds`, or if the layout crashed or tried to fetch something.
    """
    try:
        return worker.call(seconds, write_pdf, html, variant, attached)
    except WorkerFailure as failure:
        hint = "raise render.seconds, or make the brief smaller: fewer themes, fewer points"
        raise RenderError(f"the PDF could not be laid out: {failure}", hint=hint) from failure


def find_missing(html: str, *, worker: Worker, seconds: float) -> tuple[str, ...]:
    """The rare characters of `html` that no font has, found without laying out the whole of it."""
    rare = "".join(sorted(set(_COMMON.sub("", html))))
    if not rare:
        return ()
    # A paragraph each: side by side, some would join into one glyph.
    return print_pdf("".join(f"<p>{character}" for character in rare), worker=worker, seconds=seconds).missing


def spell_out(text: str, characters: Iterable[str]) -> str:
    """`text` with each of `characters` as its code in brackets, as `[U+1F9EA]`."""
    return text.translate({ord(character): f"[U+{ord(character):04X}]" for character in characters})


def write_pdf(html: str, variant: str = PDF_UA, attached: Sequence[Attached] = ()) -> Printed:
    """Lay out `html` in this process; the same bytes for the same text, fonts and libraries.

    Both variants are tagged and PDF/UA-1; "pdf/a-3u" is PDF/A-3u as well.
    """
    try:
        import weasyprint
        from weasyprint.urls import FatalURLFetchingError
    except (ImportError, OSError) as error:
        hint = "install the system libraries: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        raise DependencyError(f"WeasyPrint cannot be loaded: {error}", hint=hint) from error
    listener = _Listener()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(listener)
    try:
        with _without_collector(), complete_tags() as tagger, ThreadPoolExecutor(1) as pool:

            def finish(document: Any, pdf: Any) -> None:
                tagger.finish(document, pdf)
                if variant == PDF_A:
                    tagger.declare_accessible(pdf)
                compress_once(pdf)
                if any(each.name == MANIFEST for each in attached):
                    note_pages(document, pdf)

            document = weasyprint.HTML(string=html, url_fetcher=_deny(), media_type="print")
            pdf = document.write_pdf(
                finisher=finish,
                pdf_variant=variant,
                pdf_tags=True,
                pdf_identifier=_identify(html, variant, attached),
                presentational_hints=False,
                attachments=[_attachment(weasyprint, each, pool) for each in attached],
            )
    except FatalURLFetchingError as error:
        # A BaseException: it would end the child process without a word.
        raise RenderError(str(error), hint="a template must hold all it needs: nothing is fetched") from None
    finally:
        logger.removeHandler(listener)
    return Printed(pdf, tuple(sorted(listener.missing)), tuple(listener.complaints))


@contextmanager
def _without_collector() -> Iterator[None]:
    """Layout makes millions of objects that live to its end: looking for garbage among them takes a sixth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def note_pages(document: Any, pdf: Any) -> None:
    """Write into the manifest in `pdf` what each page says: known only when the pages are drawn."""
    before, output = len(pdf.objects), io.BytesIO()
    pdf.write(output)
    # Writing has added objects that belong to that file only.
    del pdf.objects[before:]
    pdf.current_position = 0
    pages = read_pages(output.getvalue())
    named = (item for item in pdf.objects if isinstance(item, dict) and item.get("Type") == "/Filespec")
    holder = next(item for item in named if item["UF"].string == MANIFEST)
    stream = pdf.objects[int(holder["EF"]["F"].split()[0])]
    text = add_drawn(zlib.decompress(stream.stream[0]), pages, describe_layout(document))
    stream.stream = [zlib.compress(text, 9)]
    checksum = hashlib.md5(text, usedforsecurity=False).hexdigest()
    stream.extra["Params"].update({"Size": len(text), "CheckSum": f"<{checksum}>"})


def describe_layout(document: Any) -> dict[str, Any]:
    """What decides line and page breaks besides the text: the versions of the engines, and the SHA-256 of the fonts."""
    import pydyf  # type: ignore[import-untyped]
    import weasyprint
    from weasyprint.text.ffi import pango
    from weasyprint.text.fonts import get_hb_object_data

    fonts = {
        font.name.decode().partition("+")[2]: hashlib.sha256(get_hb_object_data(font.hb_face)).hexdigest()
        for font in document.fonts.values()
    }
    # Those write bytes, and break no lines.
    writers = {"briefs": __version__, "pydyf": pydyf.__version__, "zlib": zlib.ZLIB_RUNTIME_VERSION}
    return {"weasyprint": weasyprint.__version__, "pango": pango.pango_version(), "fonts": fonts, **writers}


def _identify(html: str, variant: str, attached: Sequence[Attached]) -> bytes:
    """The identifier of a file: the same for the same contents, of which the manifest has the SHA-256."""
    manifest = b"".join(each.data for each in attached if each.name == MANIFEST)
    return hashlib.sha256(f"{variant}\0{html}\0".encode() + manifest).digest()[:16]


def _attachment(weasyprint: Any, each: Attached, pool: ThreadPoolExecutor) -> Any:
    midnight = dt.datetime.combine(each.day, dt.time())
    return weasyprint.Attachment(
        file_obj=_Later(pool.submit(pack, each.data)) if each.pack else io.BytesIO(each.data),
        name=each.name,
        description=each.description,
        created=midnight,
        modified=midnight,
        relationship=each.relationship,
    )


class _Later(io.BytesIO):
    """A file whose contents are made by another thread while pages are laid out."""

    def __init__(self, contents: Future[bytes]) -> None:
        super().__init__()
        self._contents = contents

    def read(self, size: int | None = -1) -> bytes:  # noqa: ARG002 - it is read whole
        return self._contents.result()


def _deny() -> Any:
    from weasyprint.urls import URLFetcher

    # No protocol at all is allowed, not even data:, and the attempt stops the rendering.
    return URLFetcher(allowed_protocols=(), fail_on_errors=True)


class _Listener(logging.Handler):
    """Collects what WeasyPrint logs; a missing glyph is only told of there."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.missing: set[str] = set()
        self.complaints: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.msg, str) and record.msg.startswith(_NOTDEF) and isinstance(record.args, tuple):
            self.missing.add(str(record.args[0]))
        else:
            self.complaints.append(record.getMessage())
