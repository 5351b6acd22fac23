"""What a PDF carries to prove itself: the brief as JSON, byte for byte, and a manifest of what it was made from."""

import dataclasses
import datetime as dt
import hashlib
import json
import lzma
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from briefs.brief import Article, Brief, Point, encode
from briefs.errors import VerifyError
from briefs.registry import Template
from briefs.render.check import MOST_BYTES
from briefs.render.html import POLICY, templates_folder

SCHEMA = 1
BRIEF, PACKED, MANIFEST = "brief.json", "brief.json.xz", "manifest.json"
# Above this the JSON is thinned, and packed by xz, which makes half of it of what PDF's own compression does.
PLAIN_BYTES = 1_000_000
LEFT_OUT = "blocks and removed lines of articles that no point cites"
DRAWN = ("pages", "layout")  # what a manifest says of the pages: added when they are drawn
MOST_MANIFEST = 8 << 20  # bytes: what is known of 50,000 inputs


class Attached(NamedTuple):
    """A file in a PDF; `relationship` is what PDF/A-3 wants to know of it, `pack` says that it has yet to be packed."""

    name: str
    data: bytes
    description: str
    relationship: str
    day: dt.date
    pack: bool = False


class Setting(NamedTuple):
    """What decides a PDF besides the brief: template, variant, and the characters that are spelled out."""

    template: Template
    variant: str
    missing: tuple[str, ...] = ()


def attach(brief: Brief, setting: Setting) -> tuple[Attached, ...]:
    """The files that go into the PDF of `brief`; what is known only when its pages are drawn is added then."""
    text = whole = brief.to_json().encode()
    packed = len(whole) > PLAIN_BYTES
    if packed:
        text = thin(brief).to_json().encode()
    manifest = {
        "schema": SCHEMA,
        **describe_brief(brief),
        "brief_sha256": hashlib.sha256(text).hexdigest(),
        "whole_sha256": hashlib.sha256(whole).hexdigest(),
        "left_out": LEFT_OUT if packed else "",
        "template": describe_template(setting.template),
        "pdf_variant": setting.variant,
        "spelled_out": [f"U+{ord(character):04X}" for character in setting.missing],
    }
    found = again_attached({PACKED if packed else BRIEF: text, MANIFEST: _to_json(manifest)}, brief)
    # Packing takes seconds: it is left to the child process, which does it beside the layout.
    return tuple(each._replace(pack=each.name == PACKED) for each in found)


def pack(data: bytes) -> bytes:
    """`data` as an .xz file."""
    return lzma.compress(data, preset=6)


def again_attached(files: Mapping[str, bytes], brief: Brief) -> tuple[Attached, ...]:
    """Those of `files` that a PDF of `brief` carries, as it carries them."""
    about = "The brief that this document shows, as data"
    sources = [Attached(name, files[name], about, "Source", brief.date) for name in (BRIEF, PACKED) if name in files]
    about = "What the brief was made from: SHA-256 of each"
    manifest = {key: value for key, value in json.loads(files[MANIFEST]).items() if key not in DRAWN}
    return (*sources, Attached(MANIFEST, _to_json(manifest), about, "Supplement", brief.date))


def thin(brief: Brief) -> Brief:
    """`brief` without what neither its pages show nor its points rest on; its pages are the same."""
    cited = {point.article for point in all_points(brief)}

    def without(article: Article) -> Article:
        if article.id in cited:
            return article
        removed = tuple(dataclasses.replace(line, text="") for line in article.removed)
        return dataclasses.replace(article, blocks=(), removed=removed)

    return dataclasses.replace(brief, articles=tuple(map(without, brief.articles)))


def all_points(brief: Brief) -> tuple[Point, ...]:
    """The points at a glance and those of every theme."""
    return (*brief.highlights, *(point for theme in brief.themes for point in theme.points))


def describe_brief(brief: Brief) -> dict[str, Any]:
    """What a brief says that it was made from."""
    provenance = brief.provenance
    inputs = {(origin.source, origin.sha256) for article in brief.articles for origin in article.origins}
    return {
        "name": brief.name,
        "title": brief.title,
        "date": brief.date.isoformat(),
        "inputs": [{"source": source, "sha256": sha256} for source, sha256 in sorted(inputs)],
        "packs": encode(provenance.packs),
        "config_sha256": provenance.config_sha256,
        "versions": encode(provenance.versions),
    }


def add_drawn(manifest: bytes, pages: Sequence[str], layout: Mapping[str, Any]) -> bytes:
    """`manifest` with the SHA-256 of the text of each page, and with what they were laid out by."""
    return _to_json({**json.loads(manifest), "pages": digest_pages(pages), "layout": layout})


def _to_json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True).encode()


def digest_pages(pages: Sequence[str]) -> list[str]:
    """SHA-256 of each page's text without its white space."""
    return [hashlib.sha256(page.encode("utf-8", "surrogatepass")).hexdigest() for page in pages]


def describe_template(template: Template) -> dict[str, str]:
    """The name of a template and the SHA-256 of its files; of one that is no folder, the name of its class."""
    folder = getattr(template, "folder", None)
    if not isinstance(folder, Path):
        return {"name": type(template).__qualname__, "sha256": ""}
    digest = hashlib.sha256()
    # What a template does not have it takes from `policy`.
    for place in dict.fromkeys((folder, templates_folder() / POLICY)):
        for path in sorted(each for each in place.rglob("*") if each.is_file()):
            digest.update(f"{path.relative_to(place).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return {"name": folder.name, "sha256": digest.hexdigest()}


def spelled_out(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """The characters that `manifest` says were spelled out; ValueError if it does not say it in codes."""
    return tuple(chr(int(str(code).removeprefix("U+"), 16)) for code in manifest.get("spelled_out", ()))


class Attachments(NamedTuple):
    """The attachments of a PDF, read: the manifest, the brief, and the bytes that the brief was read from."""

    manifest: Mapping[str, Any]
    brief: Brief
    text: bytes


def read_attachments(files: Mapping[str, bytes]) -> Attachments:
    """The manifest and the brief among the attachments of a PDF.

    Raises:
        VerifyError: one is missing or is not what it should be.
    """
    if MANIFEST not in files or not files.keys() & {BRIEF, PACKED}:
        message = f"the PDF does not carry {MANIFEST} and {BRIEF}: there is nothing to verify it by"
        raise VerifyError(message, hint="it was not made by briefs, or what it carried was taken out")
    try:
        if len(files[MANIFEST]) > MOST_MANIFEST:
            raise ValueError(f"{MANIFEST} is too large")
        manifest = json.loads(files[MANIFEST])
        if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
            raise ValueError(f"{MANIFEST} is not a manifest of schema {SCHEMA}")
        text = files[BRIEF] if BRIEF in files else _unpack(files[PACKED])
        return Attachments(manifest, Brief.from_json(text.decode()), text)
    except (ValueError, RecursionError, lzma.LZMAError) as error:
        message = f"what the PDF carries cannot be read: {error}"
        raise VerifyError(message, hint="it was changed after it was made, or a newer briefs made it") from error


def _unpack(data: bytes) -> bytes:
    unpacker = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=256 << 20)
    text = unpacker.decompress(data, max_length=MOST_BYTES)
    if not unpacker.eof:
        raise ValueError(f"{PACKED} is cut short or too large")
    return text
