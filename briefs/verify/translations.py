"""Whether translations are what the packs give: every cited sentence is translated again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from briefs.brief import Brief, PackInfo, Translated
from briefs.config import Settings
from briefs.errors import BriefError
from briefs.packs import find_route
from briefs.registry import Translator, load_backend
from briefs.verify.checks import Check, cited_sentences, conclude
from briefs.workspace import Maker, open_memory


class Shown(NamedTuple):
    """A text of the brief with the translation that it is shown with."""

    text: str
    translation: str | None
    flags: tuple[str, ...]
    is_title: bool = False


def check_translations(brief: Brief, settings: Settings, *, configured: bool) -> Iterator[Check]:
    """Is every translation that the brief shows what its pack gives, or a translator's own?

    With other settings than the brief's (`configured` false) another translation says nothing.
    """
    shown = _shown(brief)
    if not shown:
        yield Check("packs", None, "the brief shows no translation")
    for language, texts in sorted(shown.items()):
        what = f"pack {language}-{brief.target}"
        missing = _missing(brief.provenance.packs, language, brief.target, settings)
        if missing:
            yield Check(what, None, missing)
            continue
        yield _check_language(what, texts, (language, brief.target), settings, configured)


def _shown(brief: Brief) -> dict[str, list[Shown]]:
    """The cited sentences and the titles of their articles that were translated, by language."""
    shown: dict[str, dict[Shown, None]] = {}
    for article, _, sentence in cited_sentences(brief):
        if article.title and article.title_translation is not None:
            title = Shown(article.title, article.title_translation, (), is_title=True)
            shown.setdefault(article.language, {})[title] = None
        if sentence is not None and sentence.language not in (brief.target, "und"):
            flags = tuple(flag.code for flag in sentence.flags)
            shown.setdefault(sentence.language, {})[Shown(sentence.text, sentence.translation, flags)] = None
    named = {language for pack in brief.provenance.packs for language in (pack.source, pack.target)}
    # Where no pack is named and nothing was translated, there is nothing to prove.
    return {
        language: list(texts)
        for language, texts in shown.items()
        if language in named or any(each.translation is not None for each in texts)
    }


def _missing(packs: Sequence[PackInfo], source: str, target: str, settings: Settings) -> str:
    """Why the translations from a language cannot be made again, or ""."""
    named = {pack.sha256: pack for pack in packs}
    if not any(source in (pack.source, pack.target) for pack in packs):
        return "the brief names no pack for them"
    try:
        route = find_route(source, target, settings.packs)
    except BriefError as error:
        return f"pack missing: {error.message}"
    other = next((pack for pack in route if pack.info.sha256 not in named), None)
    if other is None:
        return ""
    pair = (other.info.source, other.info.target)
    wanted = next((pack for pack in packs if (pack.source, pack.target) == pair), None)
    name = f"{wanted.name} {wanted.version}, sha256 {wanted.sha256[:12]}…" if wanted else "the brief's"
    return f"pack missing: {name}; {other.info.name} {other.info.version} is used here"


def _check_language(
    what: str, texts: Sequence[Shown], pair: tuple[str, str], settings: Settings, configured: bool
) -> Check:
    translator: Translator = load_backend("translator", settings.translate.backend)(settings.translate, settings.packs)
    try:
        answers = _answers([each.text for each in texts], pair, translator)
        other = [each for each in texts if not _agrees(each, answers[each.text])]
        # In another company of sentences the last bit of a score can be another one.
        answers = {each.text: _answers([each.text], pair, translator)[each.text] for each in other}
        other = [each for each in other if not _agrees(each, answers[each.text])]
    except BriefError as error:
        return Check(what, None, f"the pack cannot translate here: {error.message}")
    own = _translators_own(other, pair, settings)
    wrong = [
        f"{each.translation!r} is not what the pack gives: {answers[each.text].text!r}"
        for each in other
        if each not in own
    ]
    said = f"{len(texts) - len(other)} of {len(texts)} are what the pack gives"
    said += f", {len(own)} are a translator's own" if own else ""
    if wrong and not configured:
        return Check(what, None, f"{said}; {len(wrong)} differ, as they may with settings other than the brief's")
    return conclude(what, wrong, said)


def _answers(texts: Sequence[str], pair: tuple[str, str], translator: Translator) -> Mapping[str, Translated]:
    return dict(zip(texts, translator.translate(texts, *pair), strict=True))


def _agrees(shown: Shown, answer: Translated) -> bool:
    if shown.is_title:
        return shown.translation == answer.text and not answer.flags
    return (shown.translation, shown.flags) == (answer.text, tuple(flag.code for flag in answer.flags))


def _translators_own(texts: Sequence[Shown], pair: tuple[str, str], settings: Settings) -> set[Shown]:
    """Those that are in the memory as what a translator has decided (TMX)."""
    memory = open_memory(settings) if texts else None
    if memory is None:
        return set()
    try:
        known = memory.find(Maker(None, *pair), [each.text for each in texts])
    finally:
        memory.close()
    return {each for each in texts if each.text in known and known[each.text].text == each.translation}
