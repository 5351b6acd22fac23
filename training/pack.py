"""Make the built-in pack, from corpora to package: each step is left out whose output is there.

    python -m training.pack PUBLIC WORK translate-ja_en-1_0.argosmodel --version 1.0 [--minutes 18] [--sets TEST/*.ja]

1. prepare: PUBLIC/*.tsv.xz and training/data to WORK/*.npz (training.prepare; --vocabulary as there)
2. train: WORK to WORK/weights (training.train); or do it on a machine with a GPU, which needs
   nothing but torch, numpy, WORK and training/*.py: `python3 -m training.train WORK WORK/weights`, and bring back
   WORK/weights/weights-*.npz
3. export: the package (training.export), scored on the sets (training.evaluate), the scores put into its README

What stands behind `--` goes to training.train: `-- --init briefs/data/packs/translate-ja_en-0_3.argosmodel --mix 0.5`.
"""

import argparse
import sys
from pathlib import Path

from training.evaluate import Decoder, read_test, score_table
from training.export import export
from training.prepare import add_arguments, prepare

HERE = Path(__file__).parent
HELD_OUT = HERE / "held_out" / "domain.tsv"


def readme(version: str, *, scores: str, size: str, note: str, weak: str) -> str:
    """The package's README."""
    text = (HERE / "PACK.md").read_text(encoding="utf-8")
    return text.format(version=version, scores=scores, size=size, note=note, weak=weak)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    parser.set_defaults(hold=HELD_OUT)
    parser.add_argument("out", type=Path, help="the package, translate-ja_en-VERSION.argosmodel")
    parser.add_argument("--version", required=True)
    parser.add_argument("--minutes", type=float, default=18)
    parser.add_argument("--sets", type=Path, nargs="*", default=[HELD_OUT], help="to score on")
    parser.add_argument("--beam", type=int, default=4)
    parser.add_argument("--least-confidence", type=float, help="below it, a translation is shown as a draft")
    parser.add_argument("--note", default="", help="what the README says first")
    parser.add_argument("--weak", default="See training/RESULTS.md of the project.", help="what the README says last")
    known = sys.argv[1 : sys.argv.index("--")] if "--" in sys.argv else sys.argv[1:]
    args = parser.parse_args(known)
    args.train = sys.argv[len(known) + 2 :]
    return args


def main() -> None:
    """Command line."""
    args = arguments()
    weights = args.work / "weights"
    if not list(args.work.glob("train-*.npz")):
        prepare(args)
    if not list(weights.glob("weights-*.npz")):
        from training.train import main as train

        resume = ["--resume"] if (weights / "last.pt").exists() else []
        train([str(args.work), str(weights), "--minutes", str(args.minutes), *resume, *args.train])
    words = {"version": args.version, "readme": ""}
    export(weights, args.work, args.out, **words, least_confidence=args.least_confidence)
    tests = [read_test(path) for path in args.sets]
    scores = "\n".join(score_table([Decoder(args.out, threads=2)], tests, beam=args.beam, inline=True))
    size = f"{args.out.stat().st_size / 1e6:.0f} MB, int8."
    words["readme"] = readme(args.version, scores=scores, size=size, note=args.note, weak=args.weak)
    export(weights, args.work, args.out, **words, least_confidence=args.least_confidence)
    print(scores)


if __name__ == "__main__":
    main()
