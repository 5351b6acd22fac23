"""Bytes to text: which encoding a document is in, and what was lost on the way.

The order is from proof to guess: byte order mark, UTF-16 patterns, ISO-2022-JP escapes, valid UTF-8, UTF-8 with
a little damage, what the document or its mail header says (unless that gives gibberish), the most plausible legacy
encoding, and charset_normalizer last.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from briefs.errors import DocumentError
from briefs.ingest.japanese import decode_cp932, decode_eucjp, decode_iso2022jp, has_escapes
from briefs.ingest.plausible import CHINESE, CYRILLIC, JAPANESE, KOREAN, LATIN, TAIWANESE, Family, plausibility

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CANDIDATES = (
    ("cp932", JAPANESE),
    ("euc_jp", JAPANESE),
    ("gb18030", CHINESE),
    ("big5", TAIWANESE),
    ("cp950", TAIWANESE),
    ("cp949", KOREAN),
    ("cp1251", CYRILLIC),
    ("cp1252", LATIN),
    ("utf-16-le", JAPANESE),
    ("utf-16-be", JAPANESE),
)
_FAMILIES = {**dict(_CANDIDATES), "iso2022_jp": JAPANESE, "big5hkscs": TAIWANESE}
# Names that Python does not know, and narrow codecs that everyone means the Windows superset of.
_LABELS = {
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "shift-jis": "cp932",
    "shift_jis": "cp932",
    "x-euc-jp": "euc_jp",
    "cp51932": "euc_jp",
    "eucjp-ms": "euc_jp",
    "cp50220": "iso2022_jp",
    "cp50221": "iso2022_jp",
    "cp50222": "iso2022_jp",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "x-x-big5": "big5",
    "euc_kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "iso8859-1": "cp1252",
    "ascii": "",
    "iso8859-9": "cp1254",
}
# codecs.lookup also knows rot13, zlib and the like, which a hostile page must not choose.
_TEXT_CODEC = re.compile(
    r"utf-8|cp\d{3,5}|iso8859-\d+|koi8-[rtu]|mac-\w+|gb18030|big5(hkscs)?|euc_jp|iso2022_jp\w*|tis-620"
)
_DECLARED = re.compile(
    rb"""<meta\b[^>]{0,500}?charset\s*=\s*["']?\s*([\w.:-]{2,40})|<\?xml\b[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})""",
    re.IGNORECASE,
)
_KANA = re.compile(r"[ぁ-ゖァ-ヾ]")
_JAPANESE_TEXT = re.compile(r"[\t\n\r\x20-\x7e\u3000-\u30fe\uff01-\uff9f\u4e00-\u9fff]")
_ENOUGH = 0.3
_SINGLE_BYTE_ENOUGH = 0.5  # random bytes score 0.33 as Cyrillic
_SURE = 0.8
_BAD_SHARE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """Text without its byte order mark; `damaged` counts the places that could not be decoded (U+FFFD in the text)."""

    text: str
    encoding: str
    damaged: int = 0


def decode(data: bytes, *, declared: str | None = None, markup: bool = False) -> Decoded:
    """Decode a document; `declared` is what its carrier says, `markup` looks for what the document itself says.

    Raises:
        DocumentError: if no encoding fits.
    """
    for attempt in _attempts(data, _known(declared) or (_own_declaration(data) if markup else None)):
        if attempt is not None:
            return attempt
    raise DocumentError("the text is in no known encoding", hint="save it as UTF-8 text")


def _attempts(data: bytes, declared: str | None) -> Iterator[Decoded | None]:
    yield _by_mark(data)
    yield _by_nuls(data)
    if data.isascii():
        yield _strict(data, "iso2022_jp") if has_escapes(data) else None
        yield _lenient(data, "iso2022_jp") if has_escapes(data) else None
        yield _by_kana(data)
    # Valid UTF-8 beyond ASCII is never an accident: it also overrules a page that claims Shift_JIS since it was saved.
    yield _strict(data, "utf-8")
    yield _damaged_utf8(data)
    best = _best(data, errors="strict")
    if declared and (stated := _strict(data, declared)):
        yield _weigh(stated, best)
    yield _lenient(data, declared) if declared else None
    yield best
    yield _best(data, errors="replace")
    yield _last_resort(data)


def _by_mark(data: bytes) -> Decoded | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, "replace")
            return Decoded(text=text, encoding=encoding, damaged=text.count("\ufffd"))
    return None


def _by_nuls(data: bytes) -> Decoded | None:
    """UTF-16 without a mark, given away by NULs in every other byte, as all text with much ASCII has."""
    head = data[:4096]
    for encoding, high in (("utf-16-le", 1), ("utf-16-be", 0)):
        nuls, others = head[high::2].count(0), head[1 - high :: 2].count(0)
        if nuls > 0.2 * len(head) and others < 0.1 * nuls:
            text = data.decode(encoding, "replace")
            return Decoded(text=text, encoding=encoding, damaged=text.count("\ufffd"))
    return None


def _by_kana(data: bytes) -> Decoded | None:
    """UTF-16 without a mark whose every byte happens to be ASCII: あい is the bytes of "0B0D"."""
    options = (_strict(data, encoding) for encoding in ("utf-16-le", "utf-16-be"))
    return next((option for option in options if option and _score(option, JAPANESE) >= _SURE), None)


def _is_kana_text(text: str) -> bool:
    return len(_KANA.findall(text)) > 0.05 * len(text) and len(_JAPANESE_TEXT.findall(text)) > 0.95 * len(text)


def _own_declaration(data: bytes) -> str | None:
    match = _DECLARED.search(data[:8192])
    return _known((match[1] or match[2]).decode("ascii", "ignore")) if match else None


def _known(label: str | None) -> str | None:
    """The codec for a label of the web or of mail; None for one that is unknown, or that says nothing (ASCII)."""
    name = (label or "").strip().strip("'\"").lower()
    if not name or "\0" in name:
        return None
    if name not in _LABELS:
        try:
            name = codecs.lookup(name).name
        except (LookupError, ValueError):
            return None
    name = _LABELS.get(name, name)
    return name if _TEXT_CODEC.fullmatch(name) else None


def _decode(data: bytes, encoding: str, errors: str) -> str:
    if encoding == "cp932":
        return decode_cp932(data, errors)
    if encoding == "euc_jp":
        return decode_eucjp(data, errors)
    if encoding.startswith("iso2022_jp"):
        return decode_iso2022jp(data, errors)
    return data.decode(encoding, errors)


def _strict(data: bytes, encoding: str) -> Decoded | None:
    try:
        return Decoded(text=_decode(data, encoding, "strict"), encoding=encoding)
    except UnicodeDecodeError:
        return None


def _lenient(data: bytes, encoding: str) -> Decoded | None:
    """Decoded with replacement if little is lost: under 1 % of the bytes, or a character cut off at the end."""
    text = _decode(data, encoding, "replace")
    damaged = text.count("\ufffd")
    if damaged > max(1, _BAD_SHARE * len(data)):
        return None
    return Decoded(text=text, encoding=encoding, damaged=damaged)


def _damaged_utf8(data: bytes) -> Decoded | None:
    """UTF-8 with a few bad bytes: the good characters must outweigh them, or a Shift_JIS name in ASCII would pass."""
    decoded = _lenient(data, "utf-8")
    if decoded is None:
        return None
    good = sum(character > "\x7f" for character in decoded.text) - decoded.damaged
    return decoded if good >= 5 * decoded.damaged else None


def _weigh(stated: Decoded, best: Decoded | None) -> Decoded:
    """What the document says it is, unless that gives gibberish and another encoding gives sense."""
    family = _FAMILIES.get(stated.encoding)
    if best is None or family is None or plausibility(stated.text, family) >= _ENOUGH:
        return stated
    return best


def _best(data: bytes, *, errors: str) -> Decoded | None:
    """The most plausible legacy encoding, None if none is plausible."""
    scored: list[tuple[float, Decoded]] = []
    for encoding, family in _CANDIDATES:
        decoded = _strict(data, encoding) if errors == "strict" else _lenient(data, encoding)
        if decoded is not None:
            scored.append((_score(decoded, family), decoded))
    score, decoded = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return decoded if score >= _ENOUGH else None


def _score(decoded: Decoded, family: Family) -> float:
    """Plausibility; below all measure for a single-byte encoding or UTF-16 that accepts what it should not."""
    score = plausibility(decoded.text, family)
    if family in (CYRILLIC, LATIN):
        return score if score >= _SINGLE_BYTE_ENOUGH else -1.0
    if decoded.encoding.startswith("utf-16") and not _is_kana_text(decoded.text):
        return -1.0
    return score


def _last_resort(data: bytes) -> Decoded | None:
    from charset_normalizer import from_bytes

    guess = from_bytes(data[:65536]).best()
    return _lenient(data, guess.encoding) if guess is not None else None
