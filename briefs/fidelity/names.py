# ruff: noqa: E501 - tables read better whole, and Japanese counts double
"""Which known names of the source are missing from the translation."""

import re
import unicodedata
from functools import lru_cache

from briefs.fidelity.gazetteer import Gazetteer, Name

# Country -> what else names it or its people. Regular adjectives (Russia, Russian) are found by their first letters.
_OTHER_FORMS = {
    "united states": "u s|us|u s a|usa|america|american|americans|washington|white house|federal|trump|biden|pentagon",
    "united kingdom": "brexit|tory|uk|u k|britain|british|britons|england|english|london", "california": "ucla|usc|cal", "republic of korea": "korea|korean|south", "washington": "dc|d c|u s|us|american|america", "britain": "brexit|tory|tories|uk|u k|british|england|english|united kingdom|london",
    "uk": "britain|british|england|english|united kingdom|u k|london", "china": "chinese|beijing|sino|prc", "france": "french|paris",
    "germany": "german|germans|berlin", "netherlands": "dutch|holland|hague", "spain": "spanish|spaniards", "greece": "greek|greeks|athens",
    "ireland": "irish", "denmark": "danish|danes|dane", "poland": "polish|poles|warsaw", "turkey": "turkish|turks|turkiye|ankara",
    "turkiye": "turkish|turks|turkey|ankara", "switzerland": "swiss", "philippines": "filipino|filipinos|philippine|manila",
    "finland": "finnish|finns", "sweden": "swedish|swedes", "wales": "welsh", "myanmar": "burma|burmese", "north korea": "dprk|pyongyang|north",
    "south korea": "korea|korean|koreans|seoul|rok|south", "europe": "european|europeans|eu|continent", "thailand": "thai|thais",
    "european union": "eu|europe|european|bloc|brussels", "united nations": "un|u n", "taiwan": "taiwanese|taipei", "norway": "norwegian",
    "japan": "japanese|japans|tokyo|nation|country|domestic|nationwide|national|here", "ukraine": "kyiv|kiev", "russia": "moscow|kremlin",
    "iran": "tehran", "israel": "tel aviv|jerusalem", "vietnam": "viet nam|hanoi", "czech republic": "czech|czechia", "tibet": "tibetan",
    "soviet union": "soviet|ussr|soviets", "middle east": "mideast", "hong kong": "hongkong|hk|territory|city", "kyiv": "kiev|ukraine",
    "rome": "roman|romans", "athens": "greece|greek|athenian", "venice": "venetian", "florence": "florentine", "milan": "milanese",
    "naples": "neapolitan", "moscow oblast": "moscow", "vatican": "holy see|pope|papal|vatican", "ottoman": "turkish", "islamic state": "is|isis|isil|daesh", "tokyo": "capital|metropolitan|japan|japanese", "new york": "ny|nyc",
    "u s": "us|united states|american|america|americans|washington|usa", "bank of japan": "boj|central bank", "moscow": "russia|russian|kremlin",
    "federal reserve": "fed", "liberal democratic party": "ldp|ruling party", "chechnya": "chechen", "crimea": "crimean",
    "supreme court": "court", "pakistan": "islamabad", "afghanistan": "afghan|kabul", "okinawa": "ryukyu", "beijing": "china|chinese",
    "korean peninsula": "korea|koreas|peninsula", "bahrain": "bahraini", "peru": "peruvian", "cyprus": "cypriot", "malta": "maltese",
    "congo": "drc", "slovakia": "slovak", "slovenia": "slovene", "mongolia": "mongol", "kurdistan": "kurdish|kurds", "palestine": "palestinian",
    "white house": "u s|us|washington|administration", "kremlin": "russia|russian|moscow|putin", "constantinople": "istanbul", "mumbai": "bombay",
    "kolkata": "calcutta", "chennai": "madras", "guangdong": "canton", "premier league": "premiership", "atlantic ocean": "transatlantic", "pacific ocean": "transpacific",
}  # fmt: skip
_CITIES = {  # a country is named by its capital or a large city too, beyond what _OTHER_FORMS has
    "albania": "tirana", "angola": "luanda", "argentina": "buenos aires", "armenia": "yerevan", "austria": "vienna|viennese",
    "australia": "canberra|sydney|melbourne|brisbane|aussie", "azerbaijan": "baku", "bangladesh": "dhaka", "belarus": "minsk",
    "belgium": "brussels|antwerp", "bhutan": "thimphu", "bolivia": "la paz", "bosnia and herzegovina": "sarajevo", "bosnia": "sarajevo",
    "brazil": "rio|sao paulo", "bulgaria": "sofia", "cambodia": "phnom penh|khmer", "canada": "ottawa|toronto|montreal|vancouver",
    "cameroon": "yaounde", "chile": "santiago", "china": "shanghai|guangzhou|shenzhen|wuhan|xinjiang", "colombia": "bogota",
    "croatia": "zagreb|croat|croats", "cuba": "havana", "cyprus": "nicosia", "czech republic": "prague", "denmark": "copenhagen",
    "ecuador": "quito", "egypt": "cairo|alexandria", "estonia": "tallinn", "ethiopia": "addis ababa", "finland": "helsinki",
    "france": "lyon|marseille|elysee", "georgia": "tbilisi", "germany": "munich|frankfurt|hamburg|bavaria|bavarian", "ghana": "accra",
    "hungary": "budapest|magyar", "iceland": "reykjavik", "india": "delhi|mumbai|kolkata|chennai|bengaluru", "indonesia": "jakarta|bali",
    "iraq": "baghdad|mosul", "ireland": "dublin", "italy": "rome|milan|naples|venice|turin|sicily", "jordan": "amman",
    "kazakhstan": "astana|almaty", "kenya": "nairobi", "kosovo": "pristina", "kyrgyzstan": "bishkek", "laos": "laotian|lao|vientiane",
    "latvia": "riga", "lebanon": "beirut", "libya": "tripoli|benghazi", "lithuania": "vilnius", "madagascar": "malagasy", "malaysia": "kuala lumpur",
    "mali": "bamako", "mexico": "tijuana|cancun", "moldova": "chisinau", "mongolia": "ulaanbaatar", "morocco": "rabat|casablanca", "mozambique": "maputo",
    "myanmar": "yangon|naypyitaw|rohingya", "nepal": "kathmandu", "netherlands": "amsterdam|rotterdam", "new zealand": "kiwi|kiwis|wellington|auckland|christchurch",
    "niger": "niamey", "nigeria": "lagos|abuja", "north macedonia": "skopje", "norway": "oslo", "oman": "muscat", "pakistan": "karachi|lahore",
    "papua new guinea": "port moresby", "poland": "krakow|gdansk", "portugal": "lisbon", "qatar": "doha", "romania": "bucharest",
    "russia": "st petersburg", "rwanda": "kigali", "saudi arabia": "riyadh|jeddah", "senegal": "dakar", "serbia": "belgrade",
    "slovakia": "bratislava", "slovenia": "ljubljana", "somalia": "mogadishu", "south africa": "johannesburg|cape town|pretoria",
    "south sudan": "juba", "spain": "madrid|barcelona|catalonia|catalan", "sri lanka": "colombo", "sudan": "khartoum", "sweden": "stockholm",
    "switzerland": "zurich|geneva|bern|basel", "syria": "damascus|aleppo", "tajikistan": "dushanbe", "thailand": "bangkok", "turkey": "istanbul",
    "turkiye": "istanbul", "uganda": "kampala", "ukraine": "odesa|lviv|kharkiv", "united arab emirates": "dubai|abu dhabi|uae",
    "united kingdom": "scottish|scotland|welsh|wales|briton|britons", "united states": "new york|california|texas|florida|chicago",
    "uzbekistan": "tashkent", "venezuela": "caracas", "vietnam": "ho chi minh", "yemen": "sanaa", "zimbabwe": "harare",
}  # fmt: skip
_EMPTY = frozenset(
    "of the and for in on de la al el van von bin ministry prefecture province city state republic national international department "
    "agency office committee council party university party government river island islands sea bay strait north south east west "
    "northern southern eastern western new forces force army region district county people s".split()
)
_SOUNDS = str.maketrans(
    {
        "c": "k",
        "q": "k",
        "z": "s",
        "x": "k",
        "v": "b",
        "w": "b",
        "f": "h",
        "p": "b",
        "d": "t",
        "g": "k",
        "j": "s",
        "l": "r",
    }
)
_CHECKED = ("person", "place", "organisation")


def missing_names(source: str, translation: str, gazetteer: Gazetteer) -> list[tuple[Name, str]]:
    """Names of a normalised source of which a normalised translation bears no trace, with the name as written."""
    names = {
        name.english: name for name in gazetteer.find(source) if name.kind in _CHECKED and _is_surely_name(name, source)
    }
    if not names:
        return []
    heard = _Heard(translation)
    return [(name, source[name.start : name.end]) for name in names.values() if not heard.has(name.english)]


def _is_surely_name(name: Name, source: str) -> bool:
    """Is it surely that name, and needed? Kanji in a longer word or of two letters may be something else, ministries and
    parties have many English names, and a name in brackets explains the one before.
    """
    written = source[name.start : name.end]
    if source[max(0, name.start - 1) : name.start] == "(" and source[name.end : name.end + 1] in (")", "、", ","):
        return False
    if re.fullmatch(r"[ァ-ヴー・=A-Za-z.&\- ]{4,}", written):
        return True
    return (
        name.kind != "organisation"
        and len(written) >= 3
        and not re.match(r"[一-鿿]", source[name.end : name.end + 1] or " ")
    )


class _Heard:
    """The words of a translation, as spelt and as they sound."""

    def __init__(self, translation: str) -> None:
        self.text = f" {_plain(translation)} "
        self.words = self.text.split()
        self.keys = {_key(word) for word in self.words}
        self.squeezed = self.text.replace(" ", "")

    def has(self, english: str) -> bool:
        """Is there a trace of this name?"""
        plain = _plain(english)
        if plain.replace(" ", "") in self.squeezed:
            return True
        whole = plain.removeprefix("the ").removesuffix(" of america")
        forms = f"{_OTHER_FORMS.get(whole, '')}|{_CITIES.get(whole, '')}"
        if any(f" {form} " in self.text for form in forms.split("|") if form):
            return True
        if len(initials := "".join(word[0] for word in plain.split() if word not in ("of", "the", "and"))) > 1 and (
            initials in self.words or " ".join(initials) in self.text
        ):
            return True
        return any(self._has_word(word) for word in plain.split() if word not in _EMPTY)

    def _has_word(self, word: str) -> bool:
        if word in _OTHER_FORMS and any(f" {form} " in self.text for form in _OTHER_FORMS[word].split("|")):
            return True
        key = _key(word)
        if key in self.keys or (len(word) > 4 and any(other.startswith(word[:4]) for other in self.words)):
            return True
        return len(key) >= 3 and any(_near(key, other) for other in self.keys)


def _near(key: str, other: str) -> bool:
    """Do two keys differ by one sound at most, or one begin the other?"""
    if len(other) < 3 or key[0] != other[0]:
        return False
    if key.startswith(other) or other.startswith(key):
        return True
    if abs(len(key) - len(other)) > 1 or len(key) < 4:
        return False
    same = sum(a == b for a, b in zip(key, other, strict=False))
    return same >= min(len(key), len(other)) - 1


@lru_cache(maxsize=8192)
def _key(word: str) -> str:
    """The consonants of a word, alike ones made one: Zelenskyy, Zelensky and Zelenskiy are the same."""
    word = (
        word.replace("ph", "f")
        .replace("ck", "k")
        .replace("sh", "s")
        .replace("ch", "s")
        .replace("th", "s")
        .replace("ts", "s")
    )
    word = re.sub(r"[aeiouyhw]", "", word.translate(_SOUNDS))
    return re.sub(r"(.)\1+", r"\1", word)


def _plain(text: str) -> str:
    """Lower case without diacritics, everything but letters and digits as one space."""
    text = "".join(c for c in unicodedata.normalize("NFD", text.replace("İ", "I")) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", " ", text.lower().replace("ø", "o").replace("ł", "l").replace("'s", "")).strip()
