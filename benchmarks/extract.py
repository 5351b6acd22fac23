"""Compare the extractors side by side on the gold and on the sample corpus: `benchmarks/extract.py [SHARED]`.

The gold is SHARED/gold: key sentences by theme with reference English. The sample corpus (corpus/themes.md, bodies in
tests/quality/corpus) has key sentences in the original language only, so ROUGE there is over the original text.
"""

import csv
import importlib.util
import json
import re
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from briefs.brief import Article, Block, Kind, Origin, Point, Sentence, Theme
from briefs.config import default_themes
from briefs.extract import Lead, LexRank, Salience
from briefs.registry import Extractor

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = {"000": date(2025, 1, 22)}
SAMPLE_DAYS = {"01": 15, "02": 15, "03": 19, "04": 17, "05": 16, "06": 20, "07": 18, "08": 14, "09": 19, "10": 20}
PUBLISHED |= {seed: date(2026, 9, day) for seed, day in SAMPLE_DAYS.items()}
METHODS: Mapping[str, type[Extractor]] = {"lead": Lead, "lexrank": LexRank, "salience": Salience}
Key = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """Articles, and for each theme the key sentences, best first, as (article, sentence index)."""

    articles: tuple[Article, ...]
    themes: tuple[Theme, ...]
    keys: Mapping[str, tuple[Key, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Macro averages over the themes, 0 to 1: precision at 5 and at the gold's own count; ROUGE F at that count."""

    precision_5: float
    precision_k: float
    rouge_1: float
    rouge_2: float
    rouge_l: float


def load_gold(folder: Path) -> Gold:
    """Read the annotated articles in `folder`; FileNotFoundError if they are not there."""
    with (folder / "sentences.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    lines: dict[str, list[_Line]] = {}
    for row in rows:
        line = _Line(row["japanese"], Kind(row["kind"]), row["english"], int(row["index"]))
        lines.setdefault(row["seed"], []).append(line)
    articles = [
        _article(seed, lines[seed], (folder / f"{seed}.body.txt").read_text(encoding="utf-8")) for seed in sorted(lines)
    ]
    stated = json.loads((folder / "keypoints.json").read_text(encoding="utf-8"))
    keys = {name: tuple((seed, index) for seed, index in pairs) for name, pairs in stated.items()}
    themes = tuple(theme.theme() for theme in default_themes() if theme.id in keys)
    return Gold(articles=tuple(articles), themes=themes, keys=keys)


def load_sample(root: Path) -> Gold:
    """Read the sample corpus, with a sentence splitter of its own so that it depends on no other stage."""
    articles = []
    for path in sorted((root / "tests/quality/corpus").glob("*.body.txt")):
        body = path.read_text(encoding="utf-8")
        articles.append(_article(path.name[:2], _split(body), body))
    text = (root / "corpus/themes.md").read_text(encoding="utf-8").split("\n## Facts")[0]
    themes, keys = [], {}
    for section in re.split(r"\n## ", text)[1:]:
        theme, quoted = _sample_theme(section)
        themes.append(theme)
        keys[theme.id] = tuple(key for seed, line in quoted for key in _find(articles, seed, line))
    return Gold(articles=tuple(articles), themes=tuple(themes), keys=keys)


def evaluate(gold: Gold, extractor: Extractor, *, original: bool = False) -> Figures:
    """Score `extractor` theme by theme and average; `original` takes ROUGE over the source text."""
    rouge = load_rouge()
    by_id = {article.id: article for article in gold.articles}

    def text(keys: Sequence[Key]) -> str:
        sentences = [next(s for s in by_id[a].sentences if s.index == i) for a, i in keys]
        return "\n".join(s.text if original else s.english for s in sentences)

    rows = []
    for theme in gold.themes:
        wanted = gold.keys[theme.id]
        found = cited(extractor.points(gold.articles, theme, 5))
        best = cited(extractor.points(gold.articles, theme, len(wanted)))
        score = rouge(text(best), text(wanted))
        rows.append((_hits(found[:5], wanted) / 5, _hits(best, wanted) / max(len(wanted), len(best)), *score))
    means = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    return Figures(precision_5=means[0], precision_k=means[1], rouge_1=means[2], rouge_2=means[3], rouge_l=means[4])


def cited(points: Sequence[Point]) -> list[Key]:
    """The sentences that the points rest on, in order."""
    return [(point.article, index) for point in points for index in point.sentences]


def load_rouge() -> Any:
    """The function of tests/quality/rouge.py, which is not in a package."""
    spec = importlib.util.spec_from_file_location("rouge", ROOT / "tests/quality/rouge.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.rouge


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    kind: Kind
    english: str | None = None
    index: int = 0


def _article(seed: str, lines: Sequence[_Line], body: str) -> Article:
    """An article of sentences as annotated; sentences of one body line share a block."""
    blocks = [Block(kind=Kind.SENTENCE, text=line.strip()) for line in body.splitlines() if line.strip()]
    sentences, block, start = [], 0, 0
    for number, line in enumerate(lines):
        at = next((b for b in range(block, len(blocks)) if line.text in blocks[b].text), block)
        start = max(blocks[at].text.find(line.text, start if at == block else 0), 0)
        sentences.append(
            Sentence(
                index=line.index or number,
                kind=line.kind,
                text=line.text,
                start=start,
                end=start + len(line.text),
                block=at,
                language=_language(line.text),
                translation=line.english,
            )
        )
        block = at
    title = lines[0].text if seed != "003" else None
    return Article(
        id=seed,
        origins=(Origin(source=seed, sha256=""),),
        blocks=tuple(blocks),
        title=title,
        published=PUBLISHED.get(seed),
        language=sentences[1].language,
        sentences=tuple(sentences),
    )


def _split(body: str) -> list[_Line]:
    lines = []
    for line in filter(None, map(str.strip, body.splitlines())):
        parts = re.findall(r".+?(?:[。！？](?![」』）])|(?<=[.!?]) (?=[A-Z\"“])|$)", line)
        if line[0] in "・•-*✓":
            lines.append(_Line(line, Kind.BULLET))
        elif len(parts) == 1 and line[-1] not in "。！？.!?」":
            lines.append(_Line(line, Kind.HEADING))
        else:
            lines += [_Line(part.strip(), Kind.SENTENCE) for part in parts if part.strip()]
    return lines


def _language(text: str) -> str:
    if re.search("[ぁ-ヿ]", text):
        return "ja"
    return "zh" if re.search("[一-鿿]", text) else "en"


def _sample_theme(section: str) -> tuple[Theme, list[tuple[str, str]]]:
    fields = dict(re.findall(r"^- ([A-Za-z ]+): (.*)$", section, re.MULTILINE))
    keywords = {
        code: tuple(re.split("、|, ", fields[f"{name} keywords"]))
        for code, name in (("ja", "Japanese"), ("en", "English"), ("zh", "Chinese"))
    }
    quoted = re.findall(r"^- (\d\d): (.*)$", section, re.MULTILINE)
    return Theme(id=fields["id"], title=fields["title"], description=fields["description"], keywords=keywords), quoted


def _find(articles: Sequence[Article], seed: str, line: str) -> list[Key]:
    article = next(a for a in articles if a.id == seed)
    found = [(seed, s.index) for s in article.sentences if s.text in line or line in s.text]
    if not found:
        raise ValueError(f"the sample corpus has no sentence {line!r} in {seed}")
    return found


def _hits(keys: Sequence[Key], wanted: Sequence[Key]) -> int:
    return len(set(keys) & set(wanted))


def main() -> None:
    shared = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared"
    sets = {"gold": (load_gold(shared / "gold"), False), "sample corpus": (load_sample(ROOT), True)}
    for name, (gold, original) in sets.items():
        print(f"{name}\n{'method':10}   P@5   P@k   R-1   R-2   R-L    ms")
        for method, factory in METHODS.items():
            begin = time.perf_counter()
            figures = evaluate(gold, factory(), original=original)
            spent = 1000 * (time.perf_counter() - begin)
            print(f"{method:10} {' '.join(f'{value:5.3f}' for value in astuple(figures))} {spent:5.0f}")


if __name__ == "__main__":
    main()
