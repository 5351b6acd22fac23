"""Whether the inputs say what the brief says they do: read and cleaned again, by the same code, from the same bytes."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from briefs.brief import Article, Brief, Document, Origin, Sentence
from briefs.clean import clean_document
from briefs.config import Limits
from briefs.ingest import FolderSource
from briefs.verify.checks import Check, cited_sentences, conclude
from briefs.worker import Worker, WorkerFailure


def check_inputs(brief: Brief, folder: Path | None, limits: Limits, worker: Worker) -> Iterator[Check]:
    """Is every cited sentence where the brief says, in an input of the SHA-256 that it names?"""
    cited: dict[str, tuple[Article, list[Sentence]]] = {}
    for article, _, sentence in cited_sentences(brief):
        cited.setdefault(article.id, (article, []))[1].extend([sentence] if sentence else [])
    if folder is None:
        yield Check("inputs", None, f"name the folder of the {len(cited)} cited articles with --inputs")
        return
    documents = _find(folder, {origin.sha256 for article, _ in cited.values() for origin in article.origins}, limits)
    wrong: list[str] = []
    absent: list[str] = []
    sentences = 0
    for article, own in cited.values():
        document = documents.get(article.origins[0].sha256)
        if document is None:
            _note_absence(article.origins[0], wrong, absent)
            continue
        sentences += len(own)
        again = _clean(document, brief.date, limits, worker)
        wrong += [f"{article.source}: {each}" for each in _differences(article, own, again)]
    if absent and not (wrong or sentences):
        yield Check("inputs", None, "none of them is a file")
    else:
        yield conclude("inputs", wrong, f"{sentences} cited sentences are at their places in the inputs, read again")
    if absent:
        yield Check("addresses", None, f"not in {folder}, and not fetched again: {', '.join(absent)}")


def _find(folder: Path, wanted: set[str], limits: Limits) -> dict[str, Document]:
    """The documents below `folder` whose file has one of the SHA-256 that are wanted, wherever they lie."""
    source = FolderSource([folder], limits, skip=lambda sha256: sha256 not in wanted)
    return {each.sha256: each for each in source.documents() if isinstance(each, Document)}


def _note_absence(origin: Origin, wrong: list[str], absent: list[str]) -> None:
    """A page of the web need not lie in the folder; a file has to."""
    if "://" in origin.source:
        absent.append(origin.source)
    else:
        wrong.append(f"no file has sha256 {origin.sha256[:12]}… ({origin.source})")


def _clean(document: Document, day: date, limits: Limits, worker: Worker) -> Article | str:
    try:
        return clean_document(document, day, limits=limits, worker=worker)
    except WorkerFailure as failure:
        return str(failure)


def _differences(article: Article, sentences: Sequence[Sentence], again: Article | str) -> Iterator[str]:
    """What reading an input again gives otherwise than the brief has it, in words."""
    if isinstance(again, str):
        yield f"it cannot be cleaned again: {again}"
        return
    for sentence in sentences:
        found = again.text[sentence.start : sentence.end]
        if found != sentence.text:
            yield f"the input says {found[:60]!r}, not {sentence.text[:60]!r}"
    if again.id != article.id:
        yield "its cleaned text is another one"
    facts = ("title", "publisher", "published")
    for fact in facts:
        own, other = getattr(article.origins[0], fact), getattr(again.origins[0], fact)
        if own != other:
            yield f"its {fact} is {other!r}, not {own!r}"
