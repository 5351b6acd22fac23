"""Proposed themes against the themes that the sample corpus was written to."""

import itertools
import re
from datetime import date
from pathlib import Path

from briefs.brief import Document
from briefs.clean import clean_document
from briefs.config import Limits
from briefs.detect import ScriptDetector, detect_article
from briefs.extract.suggest import suggest_themes
from briefs.extract.terms import normalise
from briefs.ingest import FolderSource

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
# Measured 0.67; the rest is room for cleaning, which decides what the articles hold.
FLOOR = 0.50


def read_articles(folder):
    documents = [found for found in FolderSource([folder], Limits()).documents() if isinstance(found, Document)]
    cleaned = [clean_document(document, date(2026, 9, 20)) for document in documents]
    return [detect_article(article, ScriptDetector()) for article in cleaned]


def read_wanted(path):
    sections = re.split(r"\n## ", path.read_text(encoding="utf-8").split("\n## Facts")[0])[1:]
    lists = [re.findall(r"^- (?:Japanese|English|Chinese) keywords: (.+)$", s, re.MULTILINE) for s in sections]
    return [{normalise(word) for line in found for word in re.split("、|, ", line)} for found in lists]


def share(theme, wanted):
    """The share of a theme's keywords that are among the wanted ones, or part of one, or hold one."""
    words = [normalise(word) for group in theme.keywords.values() for word in group]
    return sum(any(word in want or want in word for want in wanted) for word in words) / max(len(words), 1)


def test_each_theme_of_the_corpus_is_found_by_a_theme_of_its_own():
    themes = suggest_themes(read_articles(CORPUS / "articles"))
    wanted = read_wanted(CORPUS / "themes.md")
    assert len(themes) >= len(wanted)
    table = [[share(theme, want) for want in wanted] for theme in themes]
    best = max(
        sum(row[column] for column, row in enumerate(rows)) for rows in itertools.permutations(table, len(wanted))
    )
    assert best / len(wanted) >= FLOOR
