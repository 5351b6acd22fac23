"""Our translation path against upstream's own `argostranslate.translate`, with the same pack, sentences and threads.

    python -m benchmarks.translate [LINES_FILE] [--count 1000] [--rounds 1]
    python -m benchmarks.translate --sentences 10000 100000 --beam 1

The first form makes a virtual environment for upstream (with its full dependencies; once, in the user's cache), then lets
both sides translate blocks of the same sentences, turn by turn. It prints a row for each way of translating, what a second
run costs when 95 % of the sentences are unchanged, and every sentence that differs when both decode with the same
settings. The second form translates so many short sentences made here, each count in a process of its own, and prints the
memory held.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.translate_upstream import PARAGRAPH
from briefs.packs import BUILT_IN

ROOT = Path(__file__).resolve().parents[1]
LINES = ROOT.parent / "shared" / "nmt" / "test" / "ntrex.ja"
CACHE = Path.home() / ".cache" / "briefs" / "upstream"
# One after the other: where a build of torch lies on the disk, pip then takes that, not a larger one for another device.
REQUIREMENTS = ("torch==2.13.0", "argostranslate==1.11.0")
BLOCK = 100  # small, so that what else the machine does falls on both sides alike
UNCHANGED = 0.95
WAYS = {  # row -> (side, how)
    "upstream, a sentence a call": ("upstream", "translate"),
    f"upstream, {PARAGRAPH} sentences a call": ("upstream", "paragraphs"),
    "ours, as in a brief": ("ours", "product"),
    "ours, with upstream's settings": ("ours", "equal"),
}
BASE, PRODUCT = "upstream, a sentence a call", "ours, as in a brief"


class Reply(NamedTuple):
    """What a side made of a block, in how long (and with how much of the cores), and the most memory held by its process."""

    outputs: list[str | None]
    seconds: float
    cpu: float
    tokens: int
    peak_mb: float


class Peer:
    """A side of the comparison, in a process of its own: a request a line in, a reply a line out."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        self.name = name
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=None if environment is None else {**os.environ, **environment},
            cwd=ROOT,
        )

    def __enter__(self) -> "Peer":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, how: str, texts: Sequence[str], **more: object) -> dict[str, Any]:
        """The reply to a request as it comes; exits if the process has ended."""
        assert self._process.stdin
        assert self._process.stdout
        try:
            self._process.stdin.write(json.dumps({"how": how, "texts": list(texts), **more}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended: the reply will be empty
        line = self._process.stdout.readline()
        if not line:
            sys.exit(f"{self.name} ended with exit status {self._process.wait()}")
        reply: dict[str, Any] = json.loads(line)
        return reply

    def translate(self, how: str, texts: Sequence[str]) -> Reply:
        """What the side makes of the texts."""
        return Reply(**self.ask(how, texts))


@dataclass
class Measured:
    """What was measured of one way of translating, block by block."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    token_rates: list[float] = field(default_factory=list)
    peak_mb: float = 0.0

    def add(self, reply: Reply, sentences: int) -> None:
        """Take in a block."""
        self.seconds.append(reply.seconds)
        self.cpu.append(reply.cpu)
        self.rates.append(sentences / reply.seconds)
        self.token_rates.append(reply.tokens / reply.seconds)
        self.peak_mb = max(self.peak_mb, reply.peak_mb)


class Difference(NamedTuple):
    """A sentence of which the two sides make different things."""

    line: int
    source: str
    ours: str | None
    upstream: str | None


def deal(texts: Sequence[str], size: int) -> list[list[str]]:
    """Blocks of about `size` texts, each with its share of the short and the long ones."""
    count = max(1, round(len(texts) / size))
    return [list(texts[start::count]) for start in range(count)]


def alternate(blocks: Sequence[Sequence[str]], sides: Mapping[str, Peer]) -> dict[str, Measured]:
    """Measure every way on every block; who begins changes from block to block, each way in a process of its own."""
    measured = {way: Measured() for way in WAYS}
    for number, block in enumerate(blocks):
        order = list(WAYS) if number % 2 == 0 else list(reversed(WAYS))
        for way in order:
            measured[way].add(sides[way].translate(WAYS[way][1], block), len(block))
        note(
            f"block {number + 1} of {len(blocks)}: {measured[BASE].seconds[-1] / measured[PRODUCT].seconds[-1]:.1f} times"
        )
    return measured


def change(texts: Sequence[str], fresh: Sequence[str]) -> list[str]:
    """The texts with all but UNCHANGED of them replaced by fresh ones, evenly spread."""
    every = round(1 / (1 - UNCHANGED))
    others = iter(fresh)
    return [next(others) if i % every == 0 else text for i, text in enumerate(texts)]


def find_differences(
    sources: Sequence[str], ours: Sequence[str | None], upstream: Sequence[str | None]
) -> list[Difference]:
    """The sentences of which the two sides do not make the same, by their number from 1."""
    triples = zip(sources, ours, upstream, strict=True)
    return [Difference(number, *triple) for number, triple in enumerate(triples, 1) if triple[1] != triple[2]]


def table(measured: Mapping[str, Measured]) -> Iterator[str]:
    """A row for each way: medians over the blocks, those of the ratios to upstream on the same block among them."""
    yield "| | sentences/s | source tokens/s | peak MB | times upstream | in CPU time |"
    yield "|---|---|---|---|---|---|"
    base = measured[BASE]
    for way, each in measured.items():
        rate, tokens = statistics.median(each.rates), statistics.median(each.token_rates)
        times, cpu = ratio(base.seconds, each.seconds), ratio(base.cpu, each.cpu)
        yield f"| {way} | {rate:.1f} | {tokens:.0f} | {each.peak_mb:.0f} | {times:.2f} | {cpu:.2f} |"


def ratio(theirs: Sequence[float], own: Sequence[float]) -> float:
    """The median of what they need for each block over what we need."""
    return statistics.median(a / b for a, b in zip(theirs, own, strict=True))


def report_differences(what: str, sentences: int, differences: Sequence[Difference]) -> Iterator[str]:
    """The share that is the same, then every sentence that is not."""
    yield f"same output, {what}: {sentences - len(differences)} of {sentences} ({1 - len(differences) / sentences:.1%})"
    for each in differences:
        yield f"line {each.line}: {each.source}\n  ours      {each.ours!r}\n  upstream  {each.upstream!r}"


def make_environment(folder: Path, run: Callable[[Sequence[str]], object]) -> Path:
    """The Python of the environment that has upstream, made if it is not there whole; `run` runs a command."""
    python = folder / "bin" / "python"
    ready = folder / "ready.json"
    if not (ready.is_file() and json.loads(ready.read_bytes()) == list(REQUIREMENTS)):
        venv.create(folder, clear=True, with_pip=True)
        for requirement in REQUIREMENTS:
            run([str(python), "-m", "pip", "install", "--quiet", requirement])
        ready.write_text(json.dumps(REQUIREMENTS))
    return python


def note(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)


@dataclass
class Sides:
    """Starts the processes of both sides, each with a folder of its own below `folder`."""

    pack: Path
    folder: Path
    python: Path
    threads: int
    beam: int
    started: int = 0

    def start(self, side: str, store: Path | None = None) -> Peer:
        """A fresh process, which has loaded the pack and translated a sentence."""
        if side == "ours":
            command = [sys.executable, "-m", "benchmarks.translate_ours", str(self.pack)]
            peer = Peer(side, [*command, str(self.threads), str(self.beam), *([str(store)] if store else [])])
        else:
            script = ROOT / "benchmarks" / "translate_upstream.py"
            peer = Peer(side, [str(self.python), str(script), str(self.pack)], self._upstream())
        peer.translate("equal" if side == "ours" else "translate", ["会談は東京で行われた。"])
        return peer

    def _upstream(self) -> dict[str, str]:
        """Upstream's settings: no folder of the user's, so many threads, the beam, no other device."""
        self.started += 1
        home = self.folder / str(self.started)
        return {
            **{f"XDG_{kind}_HOME": str(home / kind) for kind in ("DATA", "CONFIG", "CACHE")},
            "ARGOS_PACKAGES_DIR": str(home / "packages"),
            "ARGOS_DEVICE_TYPE": "cpu",
            "ARGOS_INTER_THREADS": "1",
            "ARGOS_INTRA_THREADS": str(self.threads),
            "ARGOS_BEAM_SIZE": str(self.beam),
        }


def measure_speed(texts: Sequence[str], sides: Sides, rounds: int) -> dict[str, Measured]:
    """Every way on every block, `rounds` times."""
    peers = {way: sides.start(side) for way, (side, _) in WAYS.items()}
    try:
        return alternate(deal(texts, BLOCK) * rounds, peers)
    finally:
        for peer in peers.values():
            peer.__exit__()


def measure_again(texts: Sequence[str], fresh: Sequence[str], sides: Sides) -> tuple[Reply, Reply]:
    """A second run in fresh processes, 95 % unchanged: ours with what it remembers of the first, and upstream's."""
    store = sides.folder / "store.sqlite3"
    with sides.start("ours", store) as first:
        first.translate("memory", texts)
    changed = change(texts, fresh)
    with sides.start("ours", store) as ours:
        own = ours.translate("memory", changed)
    with sides.start("upstream") as upstream:
        return own, upstream.translate("translate", changed)


def compare_sides(texts: Sequence[str], sides: Sides) -> list[Difference]:
    """Where the sides differ: ours, and upstream's `apply_packaged_translation`, decoding the same.

    The pack is taken as one that knows of no inline entities, so that both give it every line as it is.
    """
    plain = replace(sides, pack=without_inline(sides.pack, sides.folder / "plain"))
    with plain.start("ours") as ours, plain.start("upstream") as upstream:
        own, theirs = ours.translate("equal", texts).outputs, upstream.translate("apply", texts).outputs
    return find_differences(texts, own, theirs)


def without_inline(pack: Path, folder: Path) -> Path:
    """A copy of a packed pack in `folder` whose metadata does not speak of inline entities."""
    folder.mkdir()
    copy = folder / pack.name
    with zipfile.ZipFile(pack) as given, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            data = given.read(name)
            if name.endswith("/metadata.json"):
                data = json.dumps({**json.loads(data), "inline": []}).encode()
            made.writestr(name, data)
    return copy


def report_memory(lines: Sequence[str], counts: Sequence[int], sides: Sides) -> None:
    """Print what so many sentences cost in memory."""
    print("| sentences | seconds | peak MB | of which held before translating |\n|---|---|---|---|")
    for count in counts:
        with sides.start("ours", sides.folder / f"{count}.sqlite3") as peer:
            reply = peer.ask("made", lines, count=count)
        cells = f"{reply['seconds']:.0f} | {reply['peak_mb']:.0f} | {reply['before_mb']:.0f}"
        print(f"| {count} | {cells} |", flush=True)


def report(texts: Sequence[str], fresh: Sequence[str], sides: Sides, rounds: int) -> None:
    """Print what both sides do with the same texts, and again with 5 % of them fresh."""
    print(*table(measure_speed(texts, sides, rounds)), sep="\n", flush=True)
    own, upstream = measure_again(texts, fresh, sides)
    print(
        f"second run, {UNCHANGED:.0%} unchanged: ours {own.seconds:.1f} s, upstream {upstream.seconds:.1f} s, "
        f"{upstream.seconds / own.seconds:.1f} times, in CPU time {upstream.cpu / own.cpu:.1f}",
        flush=True,
    )
    print(*report_differences("lines as they are", len(texts), compare_sides(texts, sides)), sep="\n")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lines", nargs="?", type=Path, default=LINES, help="a file with a sentence a line")
    parser.add_argument("--count", type=int, default=1000, help="how many of its lines")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--pack", type=Path, default=max(BUILT_IN.glob("*.argosmodel")))
    parser.add_argument("--beam", type=int, default=4)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--environment", type=Path, default=CACHE, help="where upstream's environment is, or is made")
    parser.add_argument("--sentences", nargs="+", type=int, help="measure our memory with so many sentences instead")
    args = parser.parse_args()
    lines = [line for line in args.lines.read_text(encoding="utf-8").splitlines() if line.strip()]
    with tempfile.TemporaryDirectory() as name:
        sides = Sides(args.pack, Path(name), Path(sys.executable), args.threads, args.beam)
        if args.sentences:
            report_memory(lines, args.sentences, sides)
            return
        texts, fresh = lines[: args.count], lines[args.count :]
        if len(fresh) < (1 - UNCHANGED) * len(texts):
            sys.exit(f"{args.lines} has {len(lines)} lines: the second run needs 5 % more than {args.count}")
        sides.python = make_environment(args.environment, lambda command: subprocess.run(command, check=True))
        began = time.perf_counter()
        report(texts, fresh, sides, args.rounds)
        note(f"measured in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
