"""Daily runs on one machine: what a day costs when most of its articles were seen before, and how the store grows.

    python -m benchmarks.batch [--days 30] [--articles 200] [--seen 0.8] [--identity] [--store 1000000]

Every day's folder holds so many articles, that share of them the same as the days before. Time by day is compared with the
day's new sentences; the store's size with all that it has. --identity leaves translation out; --store measures, in place of
the days, how long a store of so many translations takes to open and to answer.
"""

import argparse
import dataclasses
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

SEED = 7
SENTENCES = 8  # of one article
FIRST = date(2026, 9, 1)
DATA = Path(__file__).parent.parent / "training" / "data"


class Day(NamedTuple):
    """One day's run."""

    number: int
    seconds: float
    made: dict[str, float]
    new_articles: int
    new_sentences: int
    entries: int
    store_bytes: int


def read_sentences() -> list[str]:
    """Japanese policy prose, invented: the authored training corpus."""
    found = []
    for path in sorted(DATA.rglob("*.tsv")):
        rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
        found += [row[0] for row in rows if len(row) > 1 and 20 <= len(row[0]) <= 90 and row[0].endswith("。")]
    return found


def articles(pool: list[str], day: date) -> Iterator[str]:
    """Articles without end, no two alike."""
    rng = random.Random(SEED)
    while True:
        title, *body = rng.sample(pool, SENTENCES + 1)
        date_line = f"{day.year}年{day.month}月{day.day}日 7:00"
        paragraphs = "\n\n".join("".join(body[i : i + 2]) for i in range(0, SENTENCES, 2))
        yield f"{title.rstrip('。')}\n\n{date_line}\n\n{paragraphs}\n"


def run_days(folder: Path, days: int, per_day: int, seen: float, backend: str) -> Iterator[Day]:
    """Make an edition a day, from the articles of that day, and yield what it cost."""
    from briefs.config import load_settings
    from briefs.edition import Order, make_edition
    from briefs.workspace import Workspace

    settings = load_settings(DATA.parent.parent / "corpus" / "briefs.toml")
    settings = dataclasses.replace(
        settings, out=str(folder / "out"), translate=dataclasses.replace(settings.translate, backend=backend)
    )
    inbox, fresh = folder / "in", round(per_day * (1 - seen))
    inbox.mkdir()
    brief = dataclasses.replace(settings.brief[0], sources=(str(inbox),), formats=("pdf", "html", "json"))
    endless = articles(read_sentences(), FIRST)
    known = 0
    for number in range(1, days + 1):
        for _ in range(fresh if number > 1 else per_day):
            (inbox / f"{known:06}.txt").write_text(next(endless), encoding="utf-8")
            known += 1
        for old in range(known - per_day):  # what is no longer on the page
            (inbox / f"{old:06}.txt").unlink(missing_ok=True)
        edition = f"{FIRST + timedelta(days=number - 1)}T07:00"
        began = time.perf_counter()
        with Workspace(settings) as workspace:
            made = make_edition(Order(settings=settings, brief=brief, edition=edition), workspace, lambda *_: None)
        spent = time.perf_counter() - began
        if made.report is None:
            raise SystemExit(made.message)
        counts = made.report.brief.provenance.counts
        with Workspace(settings) as workspace:
            entries = workspace.desk.execute("SELECT COUNT(*) FROM entry").fetchone()[0]
        size = sum(file.stat().st_size for file in settings.workspace_folder.glob("store.sqlite3*"))
        yield Day(number, spent, made.report.seconds, counts["articles"], counts["sentences"], entries, size)


def measure_store(folder: Path, entries: int) -> None:
    """Fill a store, then open it and ask it for a day's sentences."""
    from briefs.brief import Translated
    from briefs.workspace import Maker, TranslationMemory

    path, maker = folder / "store.sqlite3", Maker("benchmark", "ja", "en")
    pool = read_sentences()
    memory = TranslationMemory(path)
    for start in range(0, entries, 10_000):
        numbers = range(start, min(start + 10_000, entries))
        text = [f"{number}: {pool[number % len(pool)]}" for number in numbers]
        memory.add(
            maker, [(each, Translated(text=f"{each} in English words, about as long as these are.")) for each in text]
        )
    memory.close()
    opened, asked = [], []
    for attempt in range(20):
        began = time.perf_counter()
        memory = TranslationMemory(path)
        opened.append(time.perf_counter() - began)
        wanted = [f"{n}: {pool[n % len(pool)]}" for n in range(attempt * 1000, attempt * 1000 + 320)]
        began = time.perf_counter()
        found = memory.find(maker, wanted)
        asked.append(time.perf_counter() - began)
        memory.close()
        if len(found) != len(set(wanted)):
            raise SystemExit("the store does not find what it holds")
    size = path.stat().st_size
    print(f"{entries:,} translations: {size / 2**20:.0f} MiB, {size / entries:.0f} bytes each")
    print(
        f"open {1000 * statistics.median(opened):.1f} ms, 320 sentences found in {1000 * statistics.median(asked):.1f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--seen", type=float, default=0.8)
    parser.add_argument("--identity", action="store_true")
    parser.add_argument("--store", type=int, default=0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if args.store:
            measure_store(Path(folder), args.store)
            return
        stages = ("ingest", "clean", "translate", "extract", "render")
        heads = ("day", "new articles", "new sentences", "s", *stages, "store KiB", "bytes a sentence")
        print("|", " | ".join(heads), "|")
        print("|---" * len(heads) + "|")
        days = []
        backend = "identity" if args.identity else "argos"
        for day in run_days(Path(folder), args.days, args.articles, args.seen, backend):
            days.append(day)
            parts = [f"{day.made.get(name, 0):.2f}" for name in stages]
            each = f"{day.store_bytes / day.entries:.0f}" if day.entries else "-"
            row = (
                day.number,
                day.new_articles,
                day.new_sentences,
                f"{day.seconds:.2f}",
                *parts,
                day.store_bytes // 1024,
                each,
            )
            print("|", " | ".join(map(str, row)), "|", flush=True)
        later = days[1:]
        if len(later) > 3:
            third = max(1, len(later) // 3)
            early, late = (statistics.median(d.seconds for d in part) for part in (later[:third], later[-third:]))
            print(f"\nthe last third of the days took {late / early:.2f} times as long as the first, day 1 left out")


if __name__ == "__main__":
    main()
