"""The cleaner, measured on pages it was not trained on; floors hold what was reached."""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from briefs.brief import Article, Document
from briefs.clean import clean_document

TODAY = date(2026, 11, 22)
HERE = Path(__file__).parent
# A page is one of sixteen: two points of F1 are noise.
HELD_OUT_FLOOR = 0.915
GOLD_FLOOR = 0.97


class Scored(NamedTuple):
    """A page's article and its F1 over lines, those that may go either way left out."""

    stem: str
    article: Article
    f1: float
    about: dict[str, object]


def score(path: Path, body: Path, either: set[str], about: dict[str, object]) -> Scored:
    text = path.read_bytes().decode("cp932" if path.stem.endswith("sjis") else "utf-8")
    kind = "html" if path.suffix == ".html" else "txt"
    article = clean_document(Document(source=path.name, sha256="", format=kind, text=text), TODAY)
    want = Counter(line.strip() for line in body.read_text(encoding="utf-8").splitlines() if line.strip())
    have = Counter(block.text for block in article.blocks)
    for line in either:
        want.pop(line, None)
        have.pop(line, None)
    hit = (want & have).total()
    return Scored(body.name.split(".")[0], article, 2 * hit / (want.total() + have.total()), about)


def score_folder(pages: Path, bodies: Path) -> list[Scored]:
    about = json.loads((bodies / "articles.json").read_text(encoding="utf-8"))
    out = []
    for body, entry in zip(sorted(bodies.glob("*.body.txt")), sorted(about, key=lambda e: e["file"]), strict=True):
        extra = body.with_name(body.name.replace(".body.", ".either."))
        either = {line.strip() for line in extra.read_text(encoding="utf-8").splitlines()} if extra.exists() else set()
        out.append(score(pages / Path(entry["file"]).name, body, either, entry))
    return out


def mean(scored: list[Scored]) -> float:
    return sum(each.f1 for each in scored) / len(scored)


def test_held_out_pages():
    folder = HERE / "pages"
    scored = score_folder(folder, folder)
    assert len(scored) == 16
    assert mean(scored) >= HELD_OUT_FLOOR, sorted((round(s.f1, 3), s.stem) for s in scored)


@pytest.fixture(scope="module")
def gold(shared: Path) -> list[Scored]:
    names = {"000": "news-site-000.txt", "001": "blog-001.txt", "003": "label-page-003.txt"}
    entries = json.loads((shared / "gold" / "articles.json").read_text(encoding="utf-8"))
    by_file = {entry["file"]: entry for entry in entries}
    # The annotator's notes: the "what you will learn" box may go either way.
    box = {"この記事を読むとわかること", *_box(shared)}
    return [
        score(shared / "articles" / name, shared / "gold" / f"{stem}.body.txt", box, by_file[name])
        for stem, name in names.items()
    ]


def _box(shared: Path) -> set[str]:
    lines = (shared / "gold" / "001.body.txt").read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("この記事を読むと"))
    return {line.strip() for line in lines[start + 1 : start + 4]}


def test_reference_articles(gold: list[Scored]):
    for each in gold:
        assert each.f1 >= GOLD_FLOOR, each.stem


def test_metadata_of_the_reference_articles(gold: list[Scored]):
    for each in gold:
        assert each.article.title == each.about["headline_ja"]
        assert each.article.publisher == each.about["publisher"]
        assert each.article.byline == each.about["author_ja"]
        published = each.article.published.isoformat() if each.article.published else None
        assert published == each.about["published"]


def test_nothing_of_the_ranking_is_published(gold: list[Scored]):
    news = gold[0].article
    assert "人気ランキング" not in news.text
    assert "MAGAZINE" not in news.text
    assert any("ranking" in removed.reason for removed in news.removed)


def test_sample_corpus(root: Path):
    scored = score_folder(root / "corpus" / "articles", HERE / "corpus")
    assert mean(scored) >= 0.95, sorted((round(s.f1, 3), s.stem) for s in scored)
    for each in scored:
        if each.about["headline"]:
            assert each.article.title == each.about["headline"], each.stem
        if each.about["published"]:
            assert str(each.article.published) == each.about["published"], each.stem
