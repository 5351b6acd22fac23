"""Compares a translation with its source: what of amounts, shares, dates, counts and names went wrong."""

import html

from briefs.brief import Flag
from briefs.fidelity.figures import Figure
from briefs.fidelity.inline import normalise_english, normalise_source
from briefs.fidelity.match import Matched, match_figures

_CODES = {"amount": "amount", "currency": "amount", "percent": "percent", "ratio": "percent", "times": "count", "count": "count",
          "ordinal": "count", "year": "date", "date": "date", "time": "date", "approx": "amount", "code": "name"}  # fmt: skip


def compare(source: str, translation: str) -> list[Flag]:
    """The flags of a translation; none means that every figure and name of the source is found in it."""
    source, translation = normalise_source(source), normalise_english(html.unescape(translation))
    matched = match_figures(source, translation)
    return figure_flags(matched, translation)


def figure_flags(matched: Matched, translation: str) -> list[Flag]:
    """The flags for figures without a partner."""
    flags = [_missing(figure) for figure in matched.missing]
    flags += [_currency(figure) for figure in matched.wrong_currency]
    for number in matched.extra[len(matched.missing) :]:
        written = translation[number.start : number.end]
        flags.append(Flag(code="extra", message=f"nothing in the source says {written}", rendering=written))
    return flags


def _missing(figure: Figure) -> Flag:
    message = f"{figure.text} ({figure.english}) is not in the translation"
    return Flag(code=_CODES[figure.kind], message=message, source=figure.text, rendering=figure.english)


def _currency(figure: Figure) -> Flag:
    message = f"{figure.text} ({figure.english}) has lost its currency"
    return Flag(code="currency", message=message, source=figure.text, rendering=figure.english)
