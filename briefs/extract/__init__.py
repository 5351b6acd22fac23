"""Key points by theme: sentences chosen from the articles, never written."""

from briefs.extract.rank import Lead, LexRank, NullExtractor, Salience
from briefs.extract.stage import extract

__all__ = ["Lead", "LexRank", "NullExtractor", "Salience", "extract"]
