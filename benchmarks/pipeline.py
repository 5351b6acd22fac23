"""Wall time and peak memory by stage for 10, 100 and 1,000 articles made by recombining the sample corpus.

    python -m benchmarks.pipeline [--sizes 10 100 1000] [--translate]

Each size runs in a process of its own, so that peak memory is that size's. Translation is timed with --translate only;
without it the identity translator stands in, and every other stage does its full work.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from briefs.brief import Document
from briefs.clean import clean_document

CORPUS = Path(__file__).parent.parent / "corpus"
DAY = date(2026, 9, 21)
SEED = 7


def write_articles(folder: Path, size: int) -> None:
    """Pages of the corpus with their paragraphs dealt out anew, so that they are not each other's near-duplicates."""
    rng = random.Random(SEED)
    pages = []
    for path in sorted((CORPUS / "articles").glob("*.txt")):
        text = path.read_bytes().decode("cp932" if "sjis" in path.name else "utf-8").replace("\r\n", "\n")
        article = clean_document(Document(source=path.name, sha256="", format="txt", text=text), DAY)
        if any("ぁ" <= c <= "ん" for c in article.text):
            pages.append((text, [block.text for block in article.blocks[1:]]))
    pool = [block for _, blocks in pages for block in blocks]
    sentences = [s + "。" for block in pool for s in block.split("。") if s.strip()]
    for number in range(size):
        text, blocks = pages[number % len(pages)]
        for block in blocks:
            if len(block) > 40:
                dealt = "".join(rng.sample(sentences, 3)).replace("。", f"（第{number}報）。", 1)
                text = text.replace(block, dealt)
        (folder / f"{number:05}.txt").write_text(text, encoding="utf-8")


def measure(folder: Path, *, translate: bool) -> dict[str, float]:
    """Seconds by stage, pages, and peak memory in MB of this process and its children."""
    from dataclasses import replace

    from briefs.config import load_settings
    from briefs.pipeline import make_brief, make_context, start_brief
    from briefs.workspace import Workspace

    settings = load_settings(CORPUS / "briefs.toml")
    backend = "argos" if translate else "identity"
    settings = replace(settings, out=str(folder / "out"), translate=replace(settings.translate, backend=backend))
    brief = settings.brief[0]
    with Workspace(settings) as workspace:
        context = make_context(settings, brief, [str(folder / "in")], memory=workspace.memory)
        began = time.perf_counter()
        report = make_brief(start_brief(settings, brief, DAY), context, workspace)
        total = time.perf_counter() - began
    import pypdfium2

    pages = len(pypdfium2.PdfDocument(str(report.files[0])))
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    sentences = report.brief.provenance.counts["sentences"]
    kept = len(report.brief.articles)
    return {
        **report.seconds,
        "total": total,
        "pages": pages,
        "articles": kept,
        "sentences": sentences,
        "own": own,
        "children": children,
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", type=int, default=[10, 100, 1000])
    parser.add_argument("--translate", action="store_true")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(measure(args.one, translate=args.translate)))
        return
    stages = ("ingest", "clean", "detect", "segment", "translate", "extract", "render", "total")
    print(
        "| articles | sentences |"
        + "".join(f" {stage} s |" for stage in stages)
        + " ms/article but translation | PDF pages/s | peak MB, own + largest child |"
    )
    print("|---" * (len(stages) + 5) + "|")
    for size in args.sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "in").mkdir()
            write_articles(folder / "in", size)
            command = [sys.executable, "-m", "benchmarks.pipeline", "--one", str(folder)] + [
                "--translate"
            ] * args.translate
            result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        rest = 1000 * (result["total"] - result["translate"]) / size
        cells = [
            str(int(result["articles"])),
            str(int(result["sentences"])),
            *(f"{result[stage]:.2f}" for stage in stages),
        ]
        cells += [
            f"{rest:.1f}",
            f"{result['pages'] / result['render']:.1f}",
            f"{result['own']:.0f} + {result['children']:.0f}",
        ]
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
