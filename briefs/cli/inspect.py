"""Commands that look at one thing: a cleaned article, a translated text, the plan of a run."""

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from briefs.brief import Article, Brief, Problem, encode
from briefs.config import Settings
from briefs.detect import detect
from briefs.edition import Order
from briefs.errors import InputError, UsageError
from briefs.fidelity import check_lines
from briefs.ingest import FolderSource, decode
from briefs.ingest.web import Target, list_targets
from briefs.ingest.web.address import show_address
from briefs.registry import load_backend
from briefs.segment import segment


def cleaned_json(article: Article) -> dict[str, Any]:
    """The article as `briefs clean` prints it."""
    return {
        "headline": article.title,
        "byline": article.byline,
        "publisher": article.publisher,
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
        "body": [{"kind": str(block.kind), "text": block.text} for block in article.blocks],
        "removed": [{"text": removed.text, "reason": removed.reason} for removed in article.removed],
    }


def read_lines(file: str) -> list[str]:
    """Lines of a file or of standard input, in whatever encoding they are."""
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}", hint="name a text file, or - for standard input") from error
    text = decode(data).text
    return text.removesuffix("\n").split("\n") if text else []


def translate_lines(lines: Sequence[str], settings: Settings, source: str | None, target: str) -> list[dict[str, Any]]:
    """`translation` (None where there is none) and `flags` for each line; a blank line stays blank."""
    if source is None:
        source = load_backend("detector", settings.detect.backend)().detect(["\n".join(lines)])[0].language
    if source in (target, "und"):
        return [{"translation": line, "flags": []} for line in lines]
    translator = load_backend("translator", settings.translate.backend)(settings.translate, settings.packs)
    wanted = [line for line in lines if line.strip()]
    answers = iter(translator.translate(wanted, source, target))
    out = []
    for line in lines:
        answer = next(answers) if line.strip() else None
        out.append({"translation": answer.text if answer else line, "flags": encode(answer.flags) if answer else []})
    return out


def plan(order: Order) -> dict[str, Any]:
    """What a run would read and write."""
    settings, brief, day = order.settings, order.brief, order.day
    source = FolderSource(brief.sources, settings.limits, exclude=(settings.out_folder, settings.workspace_folder))
    found = list(source.documents()) if brief.sources else []
    targets = list(list_targets(brief.urls, settings.limits))
    found += [each for each in targets if isinstance(each, Problem)]
    formats = brief.formats or settings.render.formats
    return {
        "name": brief.name,
        "date": day.isoformat(),
        "edition": order.edition,
        "documents": sum(not isinstance(each, Problem) for each in found),
        "unreadable": sum(isinstance(each, Problem) for each in found),
        "themes": [theme.id for theme in settings.themes_of(brief)],
        "feeds": [show_address(feed) for feed in brief.feeds],
        "addresses": [show_address(each.url) for each in targets if isinstance(each, Target)],
        "recipients": list(brief.recipients),
        "files": [str(settings.out_folder / f"{day.isoformat()}-{order.file_name}.{name}") for name in formats],
    }


def check_files(source: Path, translation: Path) -> list[dict[str, Any]]:
    """Line number, both texts and the flags of every line that has some; UsageError if the files differ in length."""
    sources, translations = read_lines(str(source)), read_lines(str(translation))
    if len(sources) != len(translations):
        raise UsageError(
            f"{source} has {len(sources)} lines, {translation} has {len(translations)}",
            hint="the files must go line by line",
        )
    pairs = zip(sources, translations, check_lines(sources, translations), strict=True)
    return [
        {"line": number, "source": ja.strip(), "translation": en.strip(), "flags": encode(tuple(flags))}
        for number, (ja, en, flags) in enumerate(pairs, 1)
        if flags
    ]


def suggest(inputs: Sequence[str], articles: Sequence[Article], settings: Settings, limit: int) -> str:
    """Themes proposed from cleaned articles, as TOML; InputError if there is nothing to propose from."""
    from briefs.extract.suggest import suggest_themes, themes_toml

    if not any(article.blocks for article in articles):
        raise InputError(f"no article was found in {', '.join(inputs)}", hint="name files or folders with articles")
    brief = Brief(name="themes", title="", date=date.min, articles=tuple(articles))
    brief = segment(detect(brief, load_backend("detector", settings.detect.backend)()))
    return themes_toml(suggest_themes(brief.articles, limit=limit))
