"""Whether what a PDF carries agrees with itself; and what every check gives back."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from briefs.brief import Article, Brief, Sentence
from briefs.config import BriefSettings, Settings
from briefs.render.manifest import BRIEF, MANIFEST, PACKED, Attachments, all_points, describe_brief, spelled_out

_NAMED = 5  # failures told in words; the rest is counted


class Check(NamedTuple):
    """What was checked: `holds` is None for what could not be looked at."""

    what: str
    holds: bool | None
    detail: str


def conclude(what: str, wrong: Sequence[str], right: str) -> Check:
    """A check that holds unless something is in `wrong`."""
    if not wrong:
        return Check(what, True, right)
    more = f" (and {len(wrong) - _NAMED} more)" if len(wrong) > _NAMED else ""
    return Check(what, False, "; ".join(wrong[:_NAMED]) + more)


def cited_sentences(brief: Brief) -> Iterator[tuple[Article, int, Sentence | None]]:
    """Each sentence that a point rests on, once, with its article; None where the article has no such sentence."""
    articles = {article.id: article for article in brief.articles}
    for id_, index in dict.fromkeys((point.article, n) for point in all_points(brief) for n in point.sentences):
        if id_ in articles:
            article = articles[id_]
            yield article, index, next((each for each in article.sentences if each.index == index), None)


def check_data(carried: Attachments, names: Collection[str]) -> Check:
    """Is the brief in the PDF the one that its manifest names, and is nothing attached besides them?"""
    found = hashlib.sha256(carried.text).hexdigest()
    expected = carried.manifest.get("brief_sha256")
    wrong = [] if found == expected else [f"the brief's sha256 is {found}, not {expected}"]
    ours = (BRIEF if BRIEF in names else PACKED, MANIFEST)
    wrong += [f"it carries another file, {name!r}" for name in names if name not in ours]
    return conclude("data", wrong, f"the brief is the one that the manifest names, sha256 {found[:12]}…")


def check_manifest(carried: Attachments) -> Check:
    """Does the manifest say of the brief what the brief says of itself?"""
    known = describe_brief(carried.brief)
    wrong = [f"its {key} is not the brief's" for key in known if carried.manifest.get(key) != known[key]]
    try:
        spelled_out(carried.manifest)
    except (ValueError, OverflowError, TypeError) as error:
        wrong.append(f"its spelled_out is no list of characters: {error}")
    made_from = f"{len(known['inputs'])} inputs, {len(known['packs'])} packs"
    return conclude("manifest", wrong, f"{made_from}, configuration and versions are those of the brief")


def check_offsets(brief: Brief) -> Check:
    """Is every cited sentence at its place in the cleaned text of its article?"""
    wrong, total = [], 0
    for article, index, sentence in cited_sentences(brief):
        total += 1
        if hashlib.sha256(article.text.encode("utf-8", "surrogatepass")).hexdigest()[:16] != article.id:
            wrong.append(f"the text of {article.source} is not the one that its id is made of")
        elif sentence is None or article.text[sentence.start : sentence.end] != sentence.text:
            wrong.append(f"sentence {index} of {article.source} is not at its place in the text")
    return conclude("sentences", list(dict.fromkeys(wrong)), f"{total} cited sentences are at their places in the data")


def is_configured(brief: Brief, settings: Settings) -> bool:
    """Are these the settings that the brief was made with?"""
    known = {each.name: each for each in settings.brief}
    own = known.get(brief.name, BriefSettings(name=brief.name, title=brief.title))
    return settings.digest(own) == brief.provenance.config_sha256


def check_settings(brief: Brief, settings: Settings, *, named: bool) -> Check:
    """Was the brief made with the config that was named?"""
    if is_configured(brief, settings):
        return Check("settings", True, "the configuration has the sha256 that the brief names")
    if named:
        return Check("settings", False, f"the configuration is another one than {brief.provenance.config_sha256[:12]}…")
    return Check("settings", None, "the brief was not made with the defaults: name its configuration with -c")
