"""What must survive translation: amounts, dates and names, found in the source and rendered in English.

A pack whose metadata lists `inline` kinds was trained on sources in which such entities already stand in English
(「1130億ドル」 as 「 113 billion ドル」) and copies them. Normalisation must be the same at training and at translation.
`compare` then looks for every figure and name of the source in a finished translation and flags what is not there.
"""

from briefs.fidelity.check import check_lines, compare, fault_score, repair
from briefs.fidelity.english import find_english
from briefs.fidelity.figures import Figure, Number
from briefs.fidelity.gazetteer import Gazetteer, load_gazetteer
from briefs.fidelity.inline import Entity, apply_inline, find_entities, normalise_english, normalise_source
from briefs.fidelity.quantities import amount_value, english_amount
from briefs.fidelity.source import find_source

__all__ = [
    "Entity",
    "Figure",
    "Gazetteer",
    "Number",
    "amount_value",
    "apply_inline",
    "check_lines",
    "compare",
    "english_amount",
    "fault_score",
    "find_english",
    "find_entities",
    "find_source",
    "load_gazetteer",
    "normalise_english",
    "normalise_source",
    "repair",
]
