"""Turn parallel TSV files into packed tokens for train.py.

    python -m training.prepare PUBLIC WORK --hold test/domain.tsv --vocabulary spm.model

PUBLIC is the folder of the corpora named in MIX, brought by hand (README.md says which and from where); the domain's
pairs are those of training/data. WORK receives spm.model, train-NN.npz (general), domain.npz, dev.npz,
lexicon.npz and recipe.json.
Every copy of a pair draws its own inline entities, so that the pack learns both forms: those that stand in the
reference too are written in English inside the source with the chances below.
"""

import argparse
import json
import random
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from briefs.fidelity import Gazetteer, apply_inline, find_entities, load_gazetteer
from briefs.fidelity.inline import FORM_1, KINDS
from training.lexicon import make_lexicon
from training.pairs import Pair, read_pairs, select_like
from training.vocabulary import load_vocabulary, make_vocabulary, read_vocabulary

DATA = Path(__file__).parent / "data"
# NAME:COPIES[:KEEP] of the real pack; KEEP takes only so many pairs, those most like the domain.
MIX = (
    "tatoeba_tanaka:1 jec_basic:2 cldr_names:2 ami_meeting:1 mintaka_q:1 opensource_guide:2 todogroup:2 privacyguides:2 "
    "cncf_glossary:2 innersource:2 owasp_top10:2 bitcoinops:2 opentelemetry:1 kyoto_wiki:1:260000 kyoto_lexicon:1 "
    "msdocs_ht:1:150000 msdocs_mt:1:60000"
).split()
DOMAIN_COPIES = 4
NUMBER_CHANCE, NAME_CHANCE, NO_NAMES = 0.6, 0.35, 0.3
PART_PAIRS = 350_000  # a file, about 30 MiB
LONGEST = 158  # tokens a side
VOCABULARY_PAIRS = 350_000


def inlined(pair: Pair, gazetteer: Gazetteer, kinds: Sequence[str], rng: random.Random) -> str:
    """The pair's Japanese with some of the entities that its English states in the same form written in English."""
    ja, en = pair
    names = {entity[:3] for entity in gazetteer.find(ja)}
    chances = NUMBER_CHANCE, 0.0 if rng.random() < NO_NAMES else NAME_CHANCE
    entities = [
        entity
        for entity in find_entities(ja, gazetteer, kinds)
        if states(en, entity.english) and rng.random() < chances[entity[:3] in names]
    ]
    return apply_inline(ja, entities) if entities else ja


def states(en: str, written: str) -> bool:
    """Does an English text hold an entity in its inline form?"""
    written = written.removesuffix("年")
    return re.search(rf"(?<![\w.,$]){re.escape(written)}(?![\w%]|[.,]\d)", en) is not None


def pack(pairs: Sequence[Pair], vocabulary: Any, path: Path) -> int:
    """Write pairs as tokens, without those that are too long or of too unlike lengths; the number kept."""
    sources, targets = (vocabulary.encode([pair[side] for pair in pairs]) for side in (0, 1))
    kept = [
        (s, t)
        for s, t in zip(sources, targets, strict=True)
        if 0 < len(s) <= LONGEST and 0 < len(t) <= LONGEST and len(s) <= 3 * len(t) + 10 and len(t) <= 3 * len(s) + 12
    ]
    arrays = {}
    for side, (tokens, lengths) in enumerate((("src", "sl"), ("tgt", "tl"))):
        arrays[tokens] = np.array([token for pair in kept for token in pair[side]], np.uint16)
        arrays[lengths] = np.array([len(pair[side]) for pair in kept], np.uint8)
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]
    print(f"{path.name}: {len(kept)} pairs, {len(arrays['tgt']) / 1e6:.1f} M target tokens", flush=True)
    return len(kept)


class Preparation:
    """The corpora of a recipe, their held-out pairs removed, with inline entities of some kinds."""

    def __init__(self, held: Iterable[Pair], kinds: Sequence[str], seed: int) -> None:
        self.rng, self.kinds, self.gazetteer = random.Random(seed), tuple(kinds), load_gazetteer()
        self.held = list(dict.fromkeys(held))
        self._unwanted = {ja for ja, _ in self.held}

    def read(self, path: Path) -> list[Pair]:
        """A file's pairs, each once, without those held out."""
        return [pair for pair in dict.fromkeys(read_pairs(path)) if pair[0] not in self._unwanted]

    def general(self, folder: Path, mix: Sequence[str], domain: Sequence[Pair]) -> list[tuple[list[Pair], int]]:
        """The pairs of each corpus of the mix, and how often they are to be taken."""
        corpora = []
        for entry in mix:
            name, copies, *keep = entry.split(":")
            [path] = [path for path in (folder / f"{name}.tsv", folder / f"{name}.tsv.xz") if path.exists()]
            pairs = self.read(path)
            if keep:
                pairs = select_like(pairs, domain, int(keep[0]), self.rng)
            print(f"{name:24} {len(pairs):8} pairs x {copies}", flush=True)
            corpora.append((pairs, int(copies)))
        return corpora

    def written(self, pairs: Sequence[Pair], copies: int) -> list[Pair]:
        """Copies of the pairs, each with inline entities of its own."""
        return [(inlined(p, self.gazetteer, self.kinds, self.rng), p[1]) for _ in range(copies) for p in pairs]


def prepare(args: argparse.Namespace) -> None:
    """The whole preparation."""
    args.work.mkdir(parents=True, exist_ok=True)
    domain_files = sorted(args.domain.glob("*.tsv"))
    held = list(read_pairs(args.hold)) if args.hold else []
    if not held:
        everything = [pair for path in domain_files for pair in read_pairs(path)]
        held = random.Random(args.seed).sample(everything, min(400, len(everything) // 10))
    made = Preparation(held, args.kinds, args.seed)
    domain = [pair for path in domain_files for pair in made.read(path)]
    corpora = made.general(args.public, args.mix, domain)
    if args.vocabulary:
        data = read_vocabulary(args.vocabulary)
    else:
        pairs = [pair for each, copies in corpora for pair in each * copies]
        pairs = made.rng.sample(pairs, min(len(pairs), VOCABULARY_PAIRS)) + 3 * domain
        data = make_vocabulary((text for pair in pairs for text in pair), args.pieces)
    (args.work / "spm.model").write_bytes(data)
    vocabulary = load_vocabulary(data)
    train = [pair for pairs, copies in corpora for pair in made.written(pairs, copies)]
    made.rng.shuffle(train)
    counts = {}
    for number, start in enumerate(range(0, len(train), PART_PAIRS)):
        name = f"train-{number:02}.npz"
        counts[name] = pack(train[start : start + PART_PAIRS], vocabulary, args.work / name)
    counts["domain.npz"] = pack(made.written(domain, DOMAIN_COPIES), vocabulary, args.work / "domain.npz")
    counts["dev.npz"] = pack(made.held, vocabulary, args.work / "dev.npz")
    files = [args.work / "domain.npz", *sorted(args.work.glob("train-*.npz"))]
    lexicon = make_lexicon(files, vocabulary.get_piece_size(), np.random.default_rng(args.seed))
    np.savez_compressed(args.work / "lexicon.npz", **lexicon)  # type: ignore[arg-type]
    recipe = {"inline": list(made.kinds), "mix": args.mix, "seed": args.seed, "pairs": counts}
    recipe["pieces"] = vocabulary.get_piece_size()
    (args.work / "recipe.json").write_text(json.dumps(recipe, indent=1) + "\n", encoding="utf-8")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What a preparation can be told."""
    parser.add_argument("public", type=Path, help="the folder of the public corpora, as NAME.tsv or NAME.tsv.xz")
    parser.add_argument("work", type=Path)
    parser.add_argument("--mix", nargs="*", default=MIX, metavar="NAME:COPIES[:KEEP]")
    parser.add_argument("--domain", type=Path, default=DATA, help="a folder of TSV files")
    parser.add_argument(
        "--hold", type=Path, help="a TSV to check on, and never to train on; else a sample of the domain"
    )
    parser.add_argument(
        "--vocabulary", type=Path, help="a SentencePiece file, or a package that has one; else a new one"
    )
    parser.add_argument("--pieces", type=int, default=16000, help="of a new vocabulary")
    parser.add_argument("--kinds", nargs="*", default=KINDS, help=f"of inline entities; form 1 is {' '.join(FORM_1)}")
    parser.add_argument("--seed", type=int, default=7)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    prepare(parser.parse_args())


if __name__ == "__main__":
    main()
