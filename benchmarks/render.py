"""Layout and writing of a heavy brief: 200 articles, 10 themes, 60 points, sources and appendix; with peers beside it.

    python -m benchmarks.render [--articles 200] [--repeat 3]

Every measurement runs in a child process of its own, so that peak memory is that child's. The peers get as many pages of
plain paragraphs: what WeasyPrint, and Chromium where it is installed, need for text without marks, links and tables.
"""

import argparse
import dataclasses
import html
import json
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from benchmarks.pipeline import write_articles
from briefs.brief import Article, Brief, Point, Provenance, Sentence, Theme
from briefs.config import Limits

DAY = date(2026, 9, 21)
SEED = 7
THEMES = 10
POINTS = 6
TITLES = ("Trade", "Security", "Energy", "Fisheries", "Ports", "Chips", "Data", "Space", "Health", "Climate")
WORDS = (
    "the ministry said on Monday that a new plan for export controls would be put before the council in spring and officials "
    "expect companies to report their supply of chips batteries and rare earths within 30 days or pay up to 5 million yen"
).split()


def make_brief(size: int) -> Brief:
    """A brief of that many articles, cleaned by the pipeline from recombined pages, with invented English."""
    from briefs.clean import clean
    from briefs.ingest import FolderSource, ingest
    from briefs.segment import segment

    with tempfile.TemporaryDirectory() as name:
        write_articles(Path(name), size)
        brief = Brief(name="bench", title="Heavy brief", date=DAY, provenance=Provenance(versions={"briefs": "0"}))
        brief = segment(_in_japanese(clean(ingest(brief, FolderSource([name], Limits())), Limits())))
    rng = random.Random(SEED)
    articles = tuple(_translated(article, rng) for article in brief.articles)
    themes = tuple(_theme(number, articles) for number in range(THEMES))
    highlights = tuple(theme.points[0] for theme in themes[:5])
    return dataclasses.replace(brief, articles=articles, themes=themes, highlights=highlights, problems=())


def _in_japanese(brief: Brief) -> Brief:
    articles = tuple(
        dataclasses.replace(article, language="ja", title_translation="A headline of about the usual length in English")
        for article in brief.articles
    )
    return dataclasses.replace(brief, articles=articles)


def _translated(article: Article, rng: random.Random) -> Article:
    def english(sentence: Sentence) -> Sentence:
        words = rng.choices(WORDS, k=max(4, len(sentence.text) // 3))
        return dataclasses.replace(sentence, translation=" ".join(words).capitalize() + ".")

    return dataclasses.replace(article, sentences=tuple(map(english, article.sentences)))


def _theme(number: int, articles: Sequence[Article]) -> Theme:
    own = articles[number::THEMES]
    points = tuple(
        Point(
            theme=f"t{number}",
            article=article.id,
            sentences=(min(3, len(article.sentences) - 1),),
            corroborated_by=(own[(n + 7) % len(own)].id,),
        )
        for n, article in enumerate(own[:POINTS])
    )
    ids = tuple(article.id for article in own)
    return Theme(id=f"t{number}", title=TITLES[number], description="What it is.", points=points, articles=ids)


def plain_page(brief: Brief, pages: int) -> str:
    """Paragraphs for about so many A4 pages in the template's main font, and nothing else."""
    sentences = (sentence.english for article in brief.articles for sentence in article.sentences)
    text = html.escape(" ".join(sentences))[: pages * 3600]
    paragraphs = "".join(f"<p>{text[i : i + 450]}</p>" for i in range(0, len(text), 450))
    style = '<style>body { font: 10pt/15pt "Noto Sans" }</style>'
    return f'<html lang="en"><head><title>Plain</title>{style}</head><body>{paragraphs}</body></html>'


def measure(what: str, path: Path) -> dict[str, float]:
    """Seconds, pages, bytes and peak MB of one rendering in this process."""
    if what == "brief":
        from briefs.render import FolderTemplate, render

        brief = Brief.from_json(path.read_text(encoding="utf-8"))
        began = time.perf_counter()
        pdf = render(brief, template=FolderTemplate(), formats=("pdf",), seconds=600).files["pdf"]
    else:
        import weasyprint

        page = path.read_text(encoding="utf-8")
        began = time.perf_counter()
        pdf = weasyprint.HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")
    return _figures(time.perf_counter() - began, pdf)


def print_with_chromium(path: Path) -> dict[str, float]:
    """The same of headless Chromium, its start included; its memory is that of its largest process."""
    out = path.with_suffix(".chromium.pdf")
    began = time.perf_counter()
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={out}", path.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return _figures(time.perf_counter() - began, out.read_bytes())


def _figures(seconds: float, pdf: bytes) -> dict[str, float]:
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        pages = len(document)
    usage = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {"seconds": seconds, "pages": pages, "bytes": len(pdf), "peak": max(usage) / 1024}


def compare(size: int, repeat: int) -> None:
    """Print a row for the brief and each peer: the median of `repeat` runs, taken in turn."""
    with tempfile.TemporaryDirectory() as name:
        brief = make_brief(size)
        files = {"brief": Path(name) / "brief.json"}
        files["brief"].write_text(brief.to_json(), encoding="utf-8")
        pages = int(_child("brief", files["brief"])["pages"])
        files["plain text, WeasyPrint"] = Path(name) / "plain.html"
        files["plain text, WeasyPrint"].write_text(plain_page(brief, pages), encoding="utf-8")
        if shutil.which("chromium"):
            for peer, text in (("plain text, Chromium", "plain"), ("the brief's own HTML, Chromium", "brief")):
                files[peer] = Path(name) / f"{text}.chromium.html"
            files["plain text, Chromium"].write_text(plain_page(brief, pages), encoding="utf-8")
            files["the brief's own HTML, Chromium"].write_text(_own_html(brief), encoding="utf-8")
        runs: dict[str, list[dict[str, float]]] = {what: [] for what in files}
        for _ in range(repeat):
            for what, path in files.items():
                runs[what].append(_child(what, path))
    print("| what | pages | s | pages/s | peak MB | PDF MB |\n|---|---|---|---|---|---|")
    for what, rows in runs.items():
        seconds = statistics.median(row["seconds"] for row in rows)
        row = rows[0]
        rate, size_mb = row["pages"] / seconds, row["bytes"] / 1e6
        print(f"| {what} | {row['pages']} | {seconds:.2f} | {rate:.1f} | {row['peak']:.0f} | {size_mb:.2f} |")


def _child(what: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.render", "--one", what, str(path)]
    answer: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return answer


def _own_html(brief: Brief) -> str:
    from briefs.render import FolderTemplate

    return FolderTemplate().html(brief)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        what, path = args.one[0], Path(args.one[1])
        print(json.dumps(print_with_chromium(path) if "Chromium" in what else measure(what, path)))
        return
    compare(args.articles, args.repeat)


if __name__ == "__main__":
    main()
