"""The whole recipe on a few hundred pairs: prepare, vocabulary, lexicon, train, resume, export, translate, evaluate.

    python -m training.smoke [--folder FOLDER]

It says in some twenty seconds whether the recipe works; what it makes does not translate.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

from training.evaluate import Decoder, beam_table, confidence_table, read_test, score_table, weakness_tables
from training.export import export
from training.pack import HELD_OUT, readme
from training.prepare import DATA, add_arguments, prepare

PAIRS, HELD, SENTENCES, PIECES = 500, 24, 16, 3000
TINY = "--device cpu --d 32 --ffn 64 --heads 2 --encoder 1 --decoder 1 --tokens 1024 --threads 1 --warmup 5"


def write_corpora(folder: Path) -> None:
    """A domain and a general corpus, from the committed pairs, and a held-out set."""
    lines = (DATA / "01.tsv").read_text(encoding="utf-8").splitlines(keepends=True)[:PAIRS]
    held = HELD_OUT.read_text(encoding="utf-8").splitlines(keepends=True)[:HELD]
    (folder / "domain").mkdir()
    files = {"domain/a.tsv": lines[: PAIRS // 2], "general.tsv": lines[PAIRS // 2 :], "held.tsv": held}
    for name, rows in files.items():
        (folder / name).write_text("".join(rows), encoding="utf-8")


def smoke(folder: Path) -> Path:
    """The package that the recipe makes of a few hundred pairs."""
    from training.train import main as train

    write_corpora(folder)
    work, weights, out = folder / "work", folder / "work" / "weights", folder / "translate-ja_en-0_0.argosmodel"
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    words = f"{folder} {work} --mix general:1:200 --domain {folder}/domain --hold {folder}/held.tsv --pieces {PIECES}"
    prepare(parser.parse_args(words.split()))
    pieces = json.loads((work / "recipe.json").read_text(encoding="utf-8"))["pieces"]
    command = f"{work} {weights} {TINY} --vocab {pieces} --lexicon --minutes"
    train([*command.split(), "0.03"])
    train([*command.split(), "0.05", "--resume"])
    export(weights, work, out, version="0.0", readme=readme("0.0", scores="", size="Tiny.", note="", weak="All."))
    decoder, test = Decoder(out, threads=1), read_test(folder / "held.tsv", SENTENCES)
    tables = [score_table([decoder], [test], beam=2, inline=True), beam_table(decoder, test, (1, 2))]
    tables += [confidence_table(decoder, test, beam=1), weakness_tables(decoder, test, beam=1, examples=1)]
    print("\n\n".join("\n".join(table) for table in tables))
    return out


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="an empty folder to keep what is made")
    args = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        smoke(args.folder or Path(temporary))
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
