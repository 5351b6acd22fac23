"""The flags for figures of the source without a partner, and for numbers that nothing explains."""

from briefs.brief import Flag
from briefs.fidelity.figures import Figure
from briefs.fidelity.match import Matched

_CODES = {"amount": "amount", "currency": "amount", "percent": "percent", "ratio": "percent", "times": "count", "count": "count",
          "ordinal": "count", "year": "date", "date": "date", "time": "date", "approx": "amount", "code": "name"}  # fmt: skip


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
