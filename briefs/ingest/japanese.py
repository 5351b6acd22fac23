"""Decoders for the Japanese encodings of Windows that Python does not ship: CP50221 (mail) and CP51932 (EUC).

Python's own codecs stop at JIS X 0208 and refuse ①, ㈱ and 髙, which Japanese mail and pages are full of. Both decoders
try Python's codec first, so that text which is plain JIS decodes exactly as Python would decode it.
"""

import re

_ESCAPE = re.compile(rb"(\x1b\([BHIJ]|\x1b\$\(?[@BD]|[\x0e\x0f])")
_EUC_RUN = re.compile(rb"[\x00-\x7f]+|(?:[\xa1-\xfe]{2})+|(?:\x8e[\xa1-\xdf])+|(?:\x8f[\xa1-\xfe]{2})+|.", re.DOTALL)
_FREE = re.compile("[\x80\uf8f0-\uf8f3]")
_JIS_RUN = re.compile(rb"(?:[\x21-\x7e]{2})+|[\x00-\x20\x7f]+|.", re.DOTALL)
_HIGH = bytes(byte | 0x80 if 0x21 <= byte <= 0x7E else byte for byte in range(256))
_LOW = bytes(byte & 0x7F if byte >= 0xA1 else byte for byte in range(256))


def has_escapes(data: bytes) -> bool:
    """Whether the bytes switch to a Japanese character set as ISO-2022-JP does."""
    return re.search(rb"\x1b(?:\$[@B]|\$\([@BD]|\(I)", data) is not None


def decode_cp932(data: bytes, errors: str = "strict") -> str:
    """Decode Shift_JIS with the characters of Windows; bytes that it leaves free are errors, not for Python."""
    text = data.decode("cp932", errors)
    if errors == "strict" and (free := _FREE.search(text)):
        raise UnicodeDecodeError("cp932", data, 0, 1, f"U+{ord(free[0]):04X} is no Japanese character")
    return _FREE.sub("\ufffd", text)


def decode_iso2022jp(data: bytes, errors: str = "strict") -> str:
    """Decode ISO-2022-JP, with half-width katakana and the characters of CP50221."""
    try:
        return data.decode("iso2022_jp_ext")
    except UnicodeDecodeError:
        return "".join(_decode_shifted(data, errors))


def decode_eucjp(data: bytes, errors: str = "strict") -> str:
    """Decode EUC-JP, with the characters of CP51932."""
    try:
        return data.decode("euc_jp")
    except UnicodeDecodeError:
        return "".join(_decode_euc_run(run, errors) for run in _EUC_RUN.findall(data))


def _decode_shifted(data: bytes, errors: str) -> list[str]:
    mode, parts = b"\x1b(B", []
    for number, piece in enumerate(_ESCAPE.split(data)):
        if number % 2:
            mode = piece
        elif mode == b"\x1b$(D":
            parts.append(re.sub(rb"([\x21-\x7e]{2})", rb"\x8f\1", piece).translate(_HIGH).decode("euc_jp", errors))
        elif mode[1:2] == b"$":
            parts.append(_decode_pairs(piece, errors))
        elif mode in (b"\x1b(I", b"\x0e"):
            parts.append(piece.translate(_HIGH).decode("cp932", errors))
        else:
            parts.append(piece.decode("ascii", errors))
    return parts


def _decode_euc_run(run: bytes, errors: str) -> str:
    if run[0] == 0x8E:
        return run[1::2].decode("cp932", errors)
    if run[0] == 0x8F:
        return run.decode("euc_jp", errors)
    if run[0] >= 0xA1 and len(run) > 1:
        return _decode_pairs(run.translate(_LOW), errors)
    return run.decode("ascii", errors)


def _decode_pairs(jis: bytes, errors: str) -> str:
    """Seven-bit JIS pairs as text; newlines and spaces are passed on, a lone byte is an error."""
    return "".join(_decode_run(run, errors) for run in _JIS_RUN.findall(jis))


def _decode_run(run: bytes, errors: str) -> str:
    if not 0x21 <= run[0] <= 0x7E:
        return run.decode("ascii", errors)
    if len(run) == 1:
        # 0xFF is no ASCII: the caller's way with errors applies to the lone half of a pair too.
        return b"\xff".decode("ascii", errors)
    shifted = bytearray()
    for row, cell in zip(run[::2], run[1::2], strict=True):
        shifted.append((row + 1) // 2 + (0x70 if row <= 0x5E else 0xB0))
        shifted.append(cell + (0x7E if row % 2 == 0 else 0x20 if cell >= 0x60 else 0x1F))
    return shifted.decode("cp932", errors)
