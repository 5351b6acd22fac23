"""The stage: every document of a source, once, and the problems met on the way."""

import dataclasses
import hashlib
import logging
from collections.abc import Sequence

from briefs.brief import Brief, Document, Problem, Severity
from briefs.errors import InputError
from briefs.ingest.find import READABLE
from briefs.registry import Source

_log = logging.getLogger(__name__)


def ingest(brief: Brief, source: Source, *, allow_nothing: bool = False) -> Brief:
    """Fill `brief.documents` from the source and add to its problems; of documents with equal text the first is kept.

    Raises:
        InputError: if there is no document at all, unless `allow_nothing`.
    """
    kept: dict[str, Document] = {}
    problems: list[Problem] = []
    for item in source.documents():
        if isinstance(item, Problem):
            problems.append(item)
            continue
        digest = hashlib.sha256(item.text.encode("utf-8", "surrogatepass")).hexdigest()
        first = kept.setdefault(digest, item)
        if first is not item:
            problems.append(_copy_problem(item, first))
    if not kept and not allow_nothing:
        raise nothing_to_read(source, problems)
    _log.info("%d documents read, %d problems", len(kept), len(problems))
    return dataclasses.replace(brief, documents=tuple(kept.values()), problems=(*brief.problems, *problems))


def _copy_problem(copy: Document, first: Document) -> Problem:
    same = "file" if copy.sha256 == first.sha256 else "text"
    return Problem(
        source=copy.source,
        stage="ingest",
        message=f"the same {same} as {first.source}, so it is left out",
        hint="remove one of the two",
        severity=Severity.WARNING,
    )


def nothing_to_read(source: Source, problems: Sequence[Problem]) -> InputError:
    """The error that says where documents were looked for, and the first thing that went wrong."""
    message = f"there is nothing to read: looked for documents in {source}"
    if problems:
        first = next((problem for problem in problems if problem.severity is Severity.ERROR), problems[0])
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        message += f"; {first.source}: {first.message}{more}"
    return InputError(message, hint=READABLE)
