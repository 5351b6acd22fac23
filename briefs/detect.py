"""Tells what language an article is in, and each of its paragraphs.

The script decides where it can (kana: Japanese; hangul: Korean; letters that only one language uses). Only what is left,
Latin script for the most part, goes to langdetect, with a fixed seed. langdetect alone takes short Japanese and Chinese
for Korean (Mimino666/langdetect#51).
"""

import dataclasses
import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from briefs.brief import Article, Block, Brief, Problem, Severity
from briefs.registry import Detection, Detector

UNKNOWN = Detection("und", 0.0)
SHORT = 200  # up to here function words count, and languages rarer than COMMON do not
COMMON = 0.5
OWN_LANGUAGE_LETTERS = 40  # a paragraph with fewer letters takes the language of its article
_SCRIPTS = {
    "HIRAGANA": "kana", "KATAKANA": "kana", "HALFWIDTH": "kana", "CJK": "han", "HANGUL": "ko", "LATIN": "latin",
    "FULLWIDTH": "latin", "CYRILLIC": "cyrillic", "ARABIC": "arabic", "HEBREW": "he", "THAI": "th", "GREEK": "el",
    "DEVANAGARI": "devanagari", "ARMENIAN": "hy", "GEORGIAN": "ka", "BENGALI": "bn", "TAMIL": "ta", "TELUGU": "te",
    "GUJARATI": "gu", "GURMUKHI": "pa", "KANNADA": "kn", "MALAYALAM": "ml", "SINHALA": "si", "KHMER": "km", "LAO": "lo",
    "MYANMAR": "my", "ETHIOPIC": "am", "TIBETAN": "bo", "MONGOLIAN": "mn",
}  # fmt: skip
# Letters that set one language of a script apart, most telling first, and the language of the script without them.
_TELLING = {
    "cyrillic": (
        ("uk", "[іїєґ]"),
        ("sr", "[ђћџ]"),
        ("mk", "[ѓќѕ]"),
        ("sr", "[јљњ]"),
        ("bg", "ъ(?![еёюя])"),
        ("ru", ""),
    ),
    "arabic": (("ur", "[ٹڈڑںے]"), ("fa", "[پچژگیک]"), ("ar", "")),
}
# Languages of a script, with langdetect's prior weights: news in the first of each is far more common.
_CANDIDATES: Mapping[str, Mapping[str, float]] = {
    "devanagari": {"hi": 4.0, "mr": 1.0, "ne": 1.0},
    "latin": {
        "en": 6.0, "de": 3.0, "fr": 3.0, "es": 3.0, "it": 2.0, "pt": 2.0, "nl": 1.0, "pl": 1.0, "sv": 0.7, "da": 0.5,
        "no": 0.5, "fi": 0.7, "cs": 0.7, "sk": 0.4, "hu": 0.7, "ro": 0.7, "tr": 1.0, "vi": 1.0, "id": 1.0, "tl": 0.3,
        "hr": 0.4, "sl": 0.3, "et": 0.3, "lv": 0.3, "lt": 0.3, "ca": 0.3, "sq": 0.2, "af": 0.1, "cy": 0.1, "sw": 0.2,
    },
}  # fmt: skip
# Function words decide short Latin text, where names mislead langdetect: on 40-character windows of news that mentions
# Japanese places it calls 4 % of English something else.
_WORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(word for word in words.split() if len(word) > 1)
    for language, words in {
        "en": "the of and to in is was for on with that by as at from it has he be are said will his her its an or not who "
        "which this have were had after they their been would but about more than also when there we you all can could should "
        "may two one first year years new time people government world country city million billion percent against before "
        "since while during under into only over out up down if so such did does most some other many according president "
        "minister japan chinese japanese russian american national company report told just like between",
        "de": "der die das und in ist den von mit für auf im sich nicht des dem ein eine einen einer als auch es an er hat dass "
        "werden aus sie nach bei um wird sind war über haben vor zum zur noch wie durch prozent millionen jahr regierung sei "
        "hatte wurde wurden einem keine mehr kann gegen seit diese dieser",
        "fr": "le la les de des du et en un une est que qui dans pour sur au aux par plus pas ne se ce sa son avec il elle ont "
        "été sont cette mais ou leur selon",
        "es": "el la los las de del y en un una es que por para con no se su al lo como más o pero sus ha este entre sobre fue son",
        "it": "il la le di del della dei e in un una è che per con non si da al dal nel alla sono anche più ha come gli lo ma",
        "pt": "o a os as de do da dos das e em um uma é que para com não se no na por mais ao foi como mas são ou seu sua pelo",
        "nl": "de het een en van in is dat op te voor met zijn niet aan er om ook als bij door maar uit naar dan werd heeft worden",
        "pl": "i w na z do się nie jest że to o za po od przez dla jak ale oraz który która są był",
        "sv": "och i att det som en på är av för med den till inte om ett har de från var men vid",
        "tr": "ve bir bu için ile de da olarak olan çok daha gibi kadar sonra ancak değil",
        "id": "yang dan di dari untuk pada dengan ini itu dalam tidak akan oleh juga sebagai ke karena telah",
        "vi": "và của là có trong cho các được với không một những người đã khi từ này đến về",
    }.items()
}
# Bounded: an unbounded run before the @ is quadratic on a line without spaces.
_NOISE = re.compile(r"https?://\S+|[\w.+-]{1,64}@[\w.-]{1,255}|[#@]\w{1,64}")
READ = 4000  # characters of a text that are looked at


class ScriptDetector:
    """The script rule, then langdetect."""

    def detect(self, texts: Sequence[str]) -> list[Detection]:
        """Return one detection a text: "und" for a text without letters."""
        return [self._detect(text) for text in texts]

    def _detect(self, text: str) -> Detection:
        text = _NOISE.sub(" ", text[:READ])
        counts = count_scripts(text)
        total = sum(counts.values())
        if not total:
            return UNKNOWN
        # Kana is Japanese even where kanji and Latin names outnumber it; a stray の in a Chinese headline is not.
        east = counts["kana"] + counts["han"]
        script, count = counts.most_common(1)[0]
        kana = counts["kana"] - text.count("の") * (counts["kana"] < east * 0.05)
        if east >= total / 5 and kana >= max(1, east * 0.02) and counts["ko"] < east:
            return Detection("ja", min(1.0, 0.5 + counts["kana"] / east))
        if script in ("han", "kana"):
            return Detection("zh" if script == "han" else "ja", count / total)
        if script in _TELLING:
            text = text.lower()
            # One such letter in a long text may stand in a foreign name.
            few = max(1, len(text) / 200)
            language = next(
                code for code, letters in _TELLING[script] if not letters or len(re.findall(letters, text)) >= few
            )
            return Detection(language, count / total)
        if script not in _CANDIDATES:
            return Detection(script, count / total)
        return self._among(script, text, count / total)

    @staticmethod
    def _among(script: str, text: str, share: float) -> Detection:
        priors = _CANDIDATES[script]
        hits: Counter[str] = Counter()
        if script == "latin" and len(text) < SHORT:
            priors = {code: prior for code, prior in priors.items() if prior >= COMMON}
            words = Counter(re.findall(r"[^\W\d_]+", text.lower()))
            hits = Counter({code: sum(words[word] for word in known) for code, known in _WORDS.items()})
        detector = _langdetect().create()
        detector.set_prior_map(priors)
        detector.append(text)
        found = detector.get_probabilities()
        guess = found[0].lang if found else next(iter(priors))
        probability = found[0].prob if found else 0.1
        (first, most), (_, second) = (hits + Counter(dict.fromkeys(("", " "), 1e-9))).most_common(2)
        if most - second >= 2 or (most - second > 0.5 and hits[guess] < second):
            return Detection(first, share * 0.9)
        return Detection(guess, probability * share)


class NullDetector:
    """Takes every text for Japanese: for tests, and where nothing else is read."""

    def detect(self, texts: Sequence[str]) -> list[Detection]:
        """Return Japanese for every text."""
        return [Detection("ja", 1.0) for _ in texts]


def detect(brief: Brief, detector: Detector) -> Brief:
    """Fill in the language of every article and block; an article of unknown language is a problem."""
    articles, problems = [], list(brief.problems)
    for article in brief.articles:
        detected = detect_article(article, detector)
        articles.append(detected)
        if detected.language == UNKNOWN.language:
            problems.append(
                Problem(
                    source=article.source,
                    stage="detect",
                    message="the language could not be told; the text is shown as it is",
                    severity=Severity.WARNING,
                )
            )
    return dataclasses.replace(brief, articles=tuple(articles), problems=tuple(problems))


def detect_article(article: Article, detector: Detector) -> Article:
    """One vote an article, weighted by length; a long paragraph in another language keeps its own."""
    weights = [_weight(count_scripts(block.text[:READ])) for block in article.blocks]
    found = detector.detect([block.text for block in article.blocks])
    votes: Counter[str] = Counter()
    for detection, weight in zip(found, weights, strict=True):
        if detection.language != UNKNOWN.language:
            votes[detection.language] += weight
    total = sum(votes.values())
    if not total:
        return dataclasses.replace(article, language=UNKNOWN.language, confidence=0.0)
    if votes["ja"] >= total * 0.2:
        # Kanji-only headings and lists of a Japanese article are not Chinese.
        votes["ja"] += sum(
            w for d, w in zip(found, weights, strict=True) if d.language == "zh" and w < OWN_LANGUAGE_LETTERS
        )
    language, weight = max(votes.items(), key=lambda item: (item[1], item[0]))

    def own(block: Block, detection: Detection, letters: int) -> Block:
        enough = (
            letters >= OWN_LANGUAGE_LETTERS and detection.language != UNKNOWN.language and detection.confidence >= 0.6
        )
        return dataclasses.replace(block, language=detection.language if enough else language)

    blocks = tuple(map(own, article.blocks, found, weights))
    return dataclasses.replace(article, blocks=blocks, language=language, confidence=round(min(1.0, weight / total), 4))


def count_scripts(text: str) -> Counter[str]:
    """Letters by script: kana, han, latin, cyrillic …, or a language code where the script has but one language."""
    counts: Counter[str] = Counter()
    for letter, n in Counter(text).items():
        script = _script(letter)
        if script:
            counts[script] += n
    return counts


def _weight(counts: Counter[str]) -> int:
    """Letters of a text, a kana, Chinese character or hangul counted twice: it says as much as two of an alphabet."""
    return counts.total() + counts["kana"] + counts["han"] + counts["ko"]


@functools.lru_cache(maxsize=8192)
def _script(letter: str) -> str:
    if not letter.isalpha():
        return ""
    name = unicodedata.name(letter, "").split(" ", 1)[0].split("-", 1)[0]
    return _SCRIPTS.get(name, "latin" if name.startswith("LATIN") else "")


@functools.cache
def _langdetect() -> Any:
    from langdetect import LangDetectException, detector_factory

    try:
        detector_factory.init_factory()
    except LangDetectException as error:
        # It takes an interrupt while it reads its profiles for a broken profile.
        if isinstance(error.__context__, KeyboardInterrupt):
            raise KeyboardInterrupt from error
        raise
    factory = detector_factory._factory
    factory.set_seed(0)
    return factory
