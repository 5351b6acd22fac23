"""The fidelity check: flags for a translation, a score to choose among several, and the repair of a certain slip."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from html import unescape

from briefs.brief import Flag
from briefs.fidelity.figures import Figure, Number
from briefs.fidelity.flags import figure_flags
from briefs.fidelity.gazetteer import Gazetteer, load_gazetteer
from briefs.fidelity.inline import normalise_english, normalise_source
from briefs.fidelity.match import Matched, match_figures
from briefs.fidelity.names import missing_names
from briefs.fidelity.polarity import added_negation, lost_negation, turned_around
from briefs.fidelity.quantities import english_amount

# What misleads a reader most weighs most.
WEIGHTS = {
    "empty": 8.0,
    "leftover": 4.0,
    "repetition": 4.0,
    "amount": 3.0,
    "percent": 3.0,
    "length": 2.5,
    "currency": 2.0,
    "date": 2.0,
    "count": 2.0,
    "negation": 1.5,
    "extra": 1.5,
    "name": 1.0,
}
_JAPANESE = re.compile(r"[ぁ-ゖァ-ヺ㐀-鿿々][ぁ-ゖァ-ヺー㐀-鿿々]*")
_REPEATED = re.compile(r"(.{2,}?)[、,・!！ ]*\1[、,・!！ ]*\1")
# Xi and Xi, between North Korea and North Korea: a name that stands for another.
_TWICE = re.compile(
    r"(?:^|[^\s\w,.]\s?|\b[a-z]+ )([A-Z][\w'-]{1,30}(?: [A-Z][\w'-]{1,30}){0,2}) (?:and|with) \1\b(?![\w'-]| [A-Z])"
)
_WORD = re.compile(r"[A-Za-z0-9']+")


def compare(source: str, translation: str, gazetteer: Gazetteer | None = None) -> list[Flag]:
    """The flags of an English translation of a Japanese sentence; none if every figure and name is found in it."""
    source, translation = normalise_source(source), normalise_english(unescape(translation))
    if not re.search(r"\w", source):
        return []
    if not re.search(r"\w", translation):
        return [Flag(code="empty", message="the translation is empty")]
    flags = figure_flags(match_figures(source, translation), translation)
    flags += _name_flags(source, translation, gazetteer or load_gazetteer())
    return flags + _sense_flags(source, translation) + _shape_flags(source, translation)


def check_lines(sources: Sequence[str], translations: Sequence[str]) -> list[list[Flag]]:
    """The flags of every pair of lines; ValueError if there are not as many of the one as of the other."""
    return [compare(source, translation) for source, translation in zip(sources, translations, strict=True)]


def fault_score(source: str, translation: str) -> float:
    """The weighted number of faults, 0 for none: the lowest of an n-best list is the one to take."""
    return sum(WEIGHTS[flag.code] for flag in compare(source, translation))


def repair(source: str, translation: str) -> str | None:
    """The translation with its one slipped magnitude put right; None unless there is exactly one and it is certain."""
    plain = normalise_english(unescape(translation))
    matched = match_figures(normalise_source(source), plain)
    slip = _single_slip(matched)
    if slip is None:
        return None
    figure, number = slip
    repaired = plain[: number.start] + english_amount(figure.values[0]) + plain[number.end :]
    again = match_figures(normalise_source(source), repaired)
    return None if again.missing or again.extra or again.wrong_currency else repaired


def _single_slip(matched: Matched) -> tuple[Figure, Number] | None:
    if len(matched.missing) != 1 or len(matched.extra) != 1 or matched.wrong_currency:
        return None
    figure, number = matched.missing[0], matched.extra[0]
    if figure.kind not in ("amount", "currency") or len(figure.values) != 1 or number.kind != "number" or number.also:
        return None
    if number.unit not in ("", figure.unit) or (number.value < 1000 and number.unit != figure.unit):
        return None
    return (figure, number) if _leading(figure.values[0]) == _leading(number.value) else None


def _leading(value: Decimal) -> tuple[int, ...]:
    return value.normalize().as_tuple().digits


def _name_flags(source: str, translation: str, gazetteer: Gazetteer) -> Iterable[Flag]:
    for name, written in missing_names(source, translation, gazetteer):
        message = f"{written} ({name.english}) is not in the translation"
        yield Flag(code="name", message=message, source=written, rendering=name.english)


def _sense_flags(source: str, translation: str) -> list[Flag]:
    if lost_negation(source, translation):
        return [Flag(code="negation", message="the original denies, the translation does not")]
    if added_negation(source, translation):
        return [Flag(code="negation", message="the translation denies, the original does not")]
    if turned_around(source, translation):
        return [Flag(code="negation", message="a rise of the original is a fall in the translation, or a fall a rise")]
    return []


def _shape_flags(source: str, translation: str) -> list[Flag]:
    flags = []
    words = _WORD.findall(translation.lower())
    left = "".join(_JAPANESE.findall(translation))
    if left:
        flags.append(Flag(code="leftover", message=f"left in Japanese: {left[:20]}", source=left[:20]))
    if (_is_repetitive(words) and not _REPEATED.search(source)) or _TWICE.search(translation):
        flags.append(Flag(code="repetition", message="the translation repeats itself"))
    # English takes 2.0 to 3.2 letters a Japanese one; under 0.7 a clause is missing, over 8 words were made up.
    weight, length = len(source) - len(re.findall(r"[\s!-~]", source)), len(translation)
    if (weight >= 20 and length < 0.7 * weight) or length > 60 + 8 * len(source):
        flags.append(
            Flag(
                code="length",
                message="the translation is too short" if length < weight else "the translation is too long",
            )
        )
    return flags


def _is_repetitive(words: Sequence[str]) -> bool:
    """Does a phrase of one to eight words come three times in a row (a single word four times)?"""
    for size in range(1, 9):
        run = 0
        for i in range(size, len(words)):
            run = run + 1 if words[i] == words[i - size] else 0
            if run >= (3 if size == 1 else 2 * size):
                return True
    return False
