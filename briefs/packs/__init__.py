"""Translation packs: Argos packages, found where the config, Argos Translate or this package keeps them.

A pack is used from a folder (installed) or straight from its .argosmodel file (built in): CTranslate2 takes its files
from memory, so that nothing has to be unpacked. This package writes into the packs folder and nowhere else.
"""

from briefs.packs.find import (
    BUILT_IN,
    Broken,
    Pack,
    check_pin,
    describe_pack,
    find_pack,
    find_route,
    list_packs,
    survey_packs,
)
from briefs.packs.install import Installer, remove_pack
from briefs.packs.tokenizer import BpeTokenizer

__all__ = [
    "BUILT_IN",
    "BpeTokenizer",
    "Broken",
    "Installer",
    "Pack",
    "check_pin",
    "describe_pack",
    "find_pack",
    "find_route",
    "list_packs",
    "remove_pack",
    "survey_packs",
]
