"""What every reader returns, and what every text goes through: newlines, control characters, sane metadata."""

import re
from dataclasses import dataclass
from datetime import date

from briefs.errors import DocumentError

TIDY_HINT = "open it in the program it was made with and save it again"
_NEWLINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f]")
_NO_TITLE = re.compile(
    r"(untitled|no ?title|無題|名称未設定|文書|ドキュメント|document|doc|slide|スライド|book|draft|title)[\s_-]*\d*"
    r"|microsoft (word|excel|powerpoint|office)\b.*|power ?point (presentation|プレゼンテーション)|word (document|文書)"
    r"|.*\.(docx?|pdf|indd|qxd|pptx?|xlsx?|rtf|odt|txt|html?|jtd)"
    r"|[\W\d_]*",
    re.IGNORECASE,
)
_NO_BYLINE = re.compile(
    r"(python-docx|(microsoft )?office.*|windows.*|microsoft.*|adobe.*|admin(istrator)?|user\d*|owner|author|unknown|"
    r"anonymous|root|guest|default|作成者|ユーザー|所有者|管理者|[\W\d_]*)",
    re.IGNORECASE,
)
# Creation dates before this are a clock that was never set.
_EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reader found in one file; `warnings` are sentences for the user about what was lost."""

    format: str
    text: str
    title: str | None = None
    byline: str | None = None
    published: date | None = None
    warnings: tuple[str, ...] = ()


def tidy(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with \\n newlines and no control characters, and a warning if there were any.

    Raises:
        DocumentError: if there are so many that the file is no text.
    """
    text = _NEWLINES.sub("\n", text)
    text, controls = _CONTROLS.subn("", text)
    if controls > max(8, 0.05 * len(text)):
        raise DocumentError("this is binary data, not text", hint="if it is a document, give the file its right suffix")
    return text, (f"control characters were removed ({controls})",) if controls else ()


def damage_warning(damaged: int, encoding: str) -> tuple[str, ...]:
    """A warning that places of the text are lost, if any are."""
    if not damaged:
        return ()
    return (f"{damaged} damaged {'place' if damaged == 1 else 'places'} could not be decoded as {encoding}",)


def sane_title(text: str | None) -> str | None:
    """A title that a person wrote, or None: programs fill the field with "untitled" and file names."""
    return _sane(text, _NO_TITLE, longest=300)


def sane_byline(text: str | None) -> str | None:
    """A name, or None: programs fill the field with their own name or the computer's."""
    return _sane(text, _NO_BYLINE, longest=200)


def sane_date(day: date | None) -> date | None:
    """The date, or None if it is before any clock of today was set."""
    return day if day is not None and day >= _EARLIEST else None


def _sane(text: str | None, junk: re.Pattern[str], *, longest: int) -> str | None:
    words = " ".join(_CONTROLS.sub("", text or "").split())
    if not words or len(words) > longest or "\ufffd" in words or junk.fullmatch(words):
        return None
    return words
