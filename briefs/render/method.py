"""The page on method and limits: what a reader needs to judge the brief, counted from the brief itself."""

from collections import Counter
from dataclasses import dataclass

from briefs.brief import Brief, PackInfo, Problem
from briefs.render.labels import Labels
from briefs.render.text import is_draft, readable_place


@dataclass(frozen=True, slots=True, kw_only=True)
class PackView:
    """A translation pack and the sha256 that finds it again."""

    text: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodView:
    """How the brief was made and what it cannot do."""

    how: tuple[str, ...]
    limits: tuple[str, ...]
    notes: tuple[str, ...]
    packs: tuple[PackView, ...]
    versions: tuple[tuple[str, str], ...]
    config: str
    counts: tuple[tuple[str, int], ...]
    problems: tuple[Problem, ...]


def build_method(brief: Brief, labels: Labels, *, whole: Brief) -> MethodView:
    """Describe how `brief` was made; `whole` still has the sentences and lines that are not shown, to be counted."""
    provenance = brief.provenance
    return MethodView(
        how=tuple(labels.texts("how")),
        limits=tuple(labels.texts("limits")),
        notes=tuple(_notes(whole, labels)),
        packs=tuple(PackView(text=_pack(pack, labels), sha256=pack.sha256) for pack in provenance.packs),
        versions=tuple(sorted(provenance.versions.items())),
        config=provenance.config_sha256,
        counts=tuple(_counts(whole, labels).items()),
        problems=tuple(_with_readable_source(problem) for problem in brief.problems),
    )


def _pack(pack: PackInfo, labels: Labels) -> str:
    source, target = labels.language_name(pack.source), labels.language_name(pack.target)
    return labels.text("pack", name=pack.name, version=pack.version, source=source, target=target, origin=pack.origin)


def _with_readable_source(problem: Problem) -> Problem:
    return Problem(
        source=readable_place(problem.source),
        stage=problem.stage,
        message=problem.message,
        hint=problem.hint,
        severity=problem.severity,
    )


def _notes(brief: Brief, labels: Labels) -> list[str]:
    """What this brief in particular suffers from, worst first."""
    foreign = [s for article in brief.articles for s in article.sentences if s.language != brief.target]
    translated = [sentence for sentence in foreign if sentence.translation is not None]
    missing, drafts = len(foreign) - len(translated), sum(map(is_draft, translated))
    flagged = sum(any(flag.code != "unsure" for flag in sentence.flags) for sentence in translated)
    notes = [
        labels.text("note_built_in", language=labels.language_name(pack.source), name=pack.name, version=pack.version)
        for pack in brief.provenance.packs
        if translated and pack.origin.startswith("built")
    ]
    if missing:
        notes.append(labels.text("note_untranslated", n=missing, total=len(foreign)))
    if drafts:
        notes.append(labels.text("note_draft", n=drafts, total=len(translated)))
    if flagged:
        notes.append(labels.text("note_flagged", n=flagged, total=len(translated)))
    return notes


def _counts(brief: Brief, labels: Labels) -> dict[str, int]:
    """Figures by label."""
    sentences = [sentence for article in brief.articles for sentence in article.sentences]
    counted = {
        "articles": len(brief.articles),
        "copies": sum(len(article.origins) - 1 for article in brief.articles),
        "sentences": len(sentences),
        "translated": sum(sentence.translation is not None for sentence in sentences),
        "points": sum(len(theme.points) for theme in brief.themes),
        "flagged": sum(bool(sentence.flags) for sentence in sentences),
        "removed": sum(len(article.removed) for article in brief.articles),
    }
    counts = {labels.counted(key) or key: number for key, number in counted.items()}
    codes = Counter(flag.code for sentence in sentences for flag in sentence.flags)
    template = labels.counted("flag") or "{code}"
    counts |= {
        template.format(code=code, kind=labels.flag_kind(code)): number for code, number in sorted(codes.items())
    }
    return counts
