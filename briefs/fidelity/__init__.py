"""What must survive translation: amounts, dates and names, found in the source and rendered in English.

A pack whose metadata lists `inline` kinds was trained on sources in which such entities already stand in English
(「1130億ドル」 as 「 113 billion ドル」) and copies them. Normalisation must be the same at training and at translation.
"""

from briefs.fidelity.gazetteer import Gazetteer, load_gazetteer
from briefs.fidelity.inline import Entity, apply_inline, find_entities, normalise_english, normalise_source
from briefs.fidelity.quantities import amount_value, english_amount

__all__ = [
    "Entity",
    "Gazetteer",
    "amount_value",
    "apply_inline",
    "english_amount",
    "find_entities",
    "load_gazetteer",
    "normalise_english",
    "normalise_source",
]
