"""Turns raw documents into articles: title, byline, date and body stay, page furniture goes, with a reason for each line.

HTML goes through trafilatura first; then every document, whatever its format, through the same line tagger.
"""

import dataclasses
import hashlib
import logging
import os
import unicodedata
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from queue import SimpleQueue

from briefs.brief import Article, Block, Brief, Document, Kind, Origin, Problem, Removed
from briefs.clean.features import Line, read_lines
from briefs.clean.markup import Markup, read_markup
from briefs.clean.merge import merge_duplicates
from briefs.clean.metadata import find_byline, find_published, find_publisher
from briefs.clean.tagger import label_lines
from briefs.config import Limits
from briefs.worker import Worker, WorkerFailure

logger = logging.getLogger(__name__)

__all__ = ["clean", "clean_document", "merge_duplicates", "read_markup"]

HEADING_LENGTH = 60
PARALLEL = 64  # documents; fewer are cleaned before a second process has started
CHUNK = 25  # documents sent to a child process at a time
_REASONS = {
    "share": "share or print button", "login": "login or subscription notice", "copyright": "rights notice",
    "related": "related articles", "ranking": "ranking", "ad": "advertisement", "comment": "comments", "policy": "site policy",
    "caption": "photo caption or credit", "profile": "author profile", "byline": "byline", "date": "date line",
    "magazine": "magazine or book advert", "box": "summary box", "tag": "tags", "contact": "contact details",
    "nav": "navigation", "crumb": "navigation", "counter": "counter", "number": "list number", "file": "file link",
}  # fmt: skip
_PLACES = {"before": "above the article", "aside": "inside the article, not part of it", "after": "below the article"}


def clean(brief: Brief, limits: Limits) -> Brief:
    """Replace the documents by cleaned articles, near-duplicates merged; what leaves nothing is a problem."""
    articles, problems = [], list(brief.problems)
    for document, result in zip(brief.documents, _clean_all(brief.documents, brief.date, limits), strict=True):
        if isinstance(result, str):
            logger.warning("%s: %s", document.source, result)
            message, hint = (
                f"the page could not be taken apart: {result}",
                "save the article's text as .txt and use that",
            )
            problems.append(Problem(source=document.source, stage="clean", message=message, hint=hint))
        elif result.blocks:
            articles.append(result)
        else:
            message = "no article text was found, only page furniture"
            hint = "see what was removed with: briefs clean FILE"
            problems.append(Problem(source=document.source, stage="clean", message=message, hint=hint))
    merged, notes = merge_duplicates(articles)
    return dataclasses.replace(brief, documents=(), articles=tuple(merged), problems=(*problems, *notes))


def _clean_all(documents: Sequence[Document], today: date, limits: Limits) -> Iterator[Article | str]:
    """An article a document, or what went wrong; many documents are shared out among child processes."""
    if len(documents) < PARALLEL:
        with Worker() as worker:
            yield from (_try_clean(document, today, limits, worker) for document in documents)
        return
    # The main process only waits; order is kept, so the result does not depend on how many there are.
    workers = [Worker() for _ in range(min(len(os.sched_getaffinity(0)), 8))]
    chunks = [documents[start : start + CHUNK] for start in range(0, len(documents), CHUNK)]
    with ThreadPoolExecutor(len(workers)) as pool:
        idle: SimpleQueue[Worker] = SimpleQueue()
        for worker in workers:
            idle.put(worker)

        def share(chunk: Sequence[Document]) -> list[Article | str]:
            worker = idle.get()
            try:
                return worker.call(limits.seconds + len(chunk), clean_many, chunk, today, limits)
            except WorkerFailure:
                # One of them hangs or crashes its parser: each by itself, under its own time limit.
                return [_try_clean(document, today, limits, worker) for document in chunk]
            finally:
                idle.put(worker)

        try:
            for results in pool.map(share, chunks):
                yield from results
        finally:
            pool.shutdown(cancel_futures=True)
            for worker in workers:
                worker.close()


def clean_many(documents: Sequence[Document], today: date, limits: Limits) -> list[Article | str]:
    """What `_clean_all` has a child process do: everything in that process, its markup too."""
    return [_try_clean(document, today, limits, None) for document in documents]


def _try_clean(document: Document, today: date, limits: Limits, worker: Worker | None) -> Article | str:
    try:
        return clean_document(document, today, limits=limits, worker=worker)
    except Exception as error:  # noqa: BLE001 - whatever a hostile page does to a parser, the other articles go on
        return str(error)[:200] or type(error).__name__


def clean_document(
    document: Document, today: date, *, limits: Limits | None = None, worker: Worker | None = None
) -> Article:
    """The article in a document; one without blocks if there is none. WorkerFailure if its markup cannot be parsed."""
    limits = limits or Limits()
    markup = Markup(text=document.text)
    if document.format == "html":
        if worker is None:
            markup = read_markup(document.text, today)
        else:
            markup = worker.call(limits.seconds, read_markup, document.text, today)
    kept_lines, removed = [], []
    for raw in markup.text.split("\n"):
        too_long = len(raw) > limits.line_characters
        kept_lines.append("" if too_long else raw)
        if too_long:
            removed.append(Removed(text=raw[:200] + "…", reason="longer than a line of text can be"))
    if markup.title and markup.title not in kept_lines:
        kept_lines.insert(0, markup.title)
    lines = read_lines("\n".join(kept_lines))
    labels = label_lines(lines)
    if "body" not in labels:
        labels = [label if label != "title" else "before" for label in labels]
    kept = [i for i, label in enumerate(labels) if label in ("title", "body")]
    removed += [
        Removed(text=line.text, reason=_reason(line, label))
        for line, label in zip(lines, labels, strict=True)
        if label not in ("title", "body")
    ]
    blocks = _blocks(lines, labels, kept, markup)
    title = document.title or markup.title or next((lines[i].text for i in kept if labels[i] == "title"), None)
    # A feed's date may be tomorrow's, in its own time zone: the page's is the next best.
    dates = (document.published, markup.published, find_published(lines, labels, today))
    published = next((date for date in dates if date and date <= today), None)
    article = Article(
        id="",
        origins=(),
        blocks=blocks,
        title=_folded(title),
        byline=_folded(document.byline or markup.byline or find_byline(lines, labels)),
        publisher=_folded(document.publisher or markup.publisher or find_publisher(lines, labels)),
        published=published,
        removed=tuple(removed),
    )
    origin = Origin(
        source=document.source,
        sha256=document.sha256,
        url=document.url or markup.url,
        title=article.title,
        publisher=article.publisher,
        published=article.published,
    )
    identity = hashlib.sha256(article.text.encode()).hexdigest()[:16]
    return dataclasses.replace(article, id=identity, origins=(origin,))


def _folded(text: str | None) -> str | None:
    """One line, spaces run together, nothing invisible; None for nothing."""
    return (
        " ".join("".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf") or c in "\t\n").split()) or None
        if text
        else None
    )


def _blocks(lines: Sequence[Line], labels: Sequence[str], kept: Sequence[int], markup: Markup) -> tuple[Block, ...]:
    blocks = []
    for place, i in enumerate(kept):
        following = lines[kept[place + 1]] if place + 1 < len(kept) else None
        kind = markup.kinds.get(lines[i].text)
        if labels[i] == "title":
            kind = Kind.HEADING
        blocks.append(Block(kind=kind or _kind(lines[i], following), text=lines[i].text))
    return tuple(blocks)


def _kind(line: Line, following: Line | None) -> Kind:
    """What a body line is, by its form and by what follows."""
    if "bullet" in line.classes and line.text[:1] not in "■◆●▼【◇□○" and not line.sentences:
        return Kind.BULLET
    ends = line.text.rstrip("」』）) ")[-1:] in "。."
    if ends or following is None or "quote" in line.classes or "dash" in line.classes:
        return Kind.SENTENCE
    longer = following.length > 1.3 * line.length or following.prose
    if line.length <= HEADING_LENGTH and (longer or following.length <= HEADING_LENGTH) and not line.prose:
        return Kind.HEADING
    # The title of a post on a page of posts can be two sentences long; what follows is longer by far.
    return Kind.HEADING if following.length > 3 * line.length and line.length < 4 * HEADING_LENGTH else Kind.SENTENCE


def _reason(line: Line, label: str) -> str:
    named = next((_REASONS[name] for name in _REASONS if name in line.classes and line.length < 40), None)
    return f"{named} ({_PLACES[label]})" if named else _PLACES[label]
