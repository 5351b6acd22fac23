"""The fidelity check on real translations: wrong amounts are flagged, human references are not.

Floors and ceilings are in fidelity_floors.json. Raise them when the check gets better; easing one needs a reason in the
commit. The labels are one reader's verdicts on every amount of 万 or more in five engines' outputs of the WMT20 test.
"""

import csv
import importlib.util
import json
import sys
import time
from pathlib import Path

import pytest

from briefs.fidelity import find_english, find_source, normalise_source

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
FLOORS = json.loads((ROOT / "tests" / "quality" / "fidelity_floors.json").read_text(encoding="utf-8"))


def load_benchmark():
    spec = importlib.util.spec_from_file_location("_benchmark_of_fidelity", ROOT / "benchmarks" / "fidelity.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


bench = load_benchmark()


def read(name):
    path = SHARED / name
    if not path.is_file():
        pytest.fail(f"{path} is missing (it lies in the shared folder beside the repository)")
    return path.read_text(encoding="utf-8").splitlines()


def references(name):
    if name == "gold":
        with (SHARED / "gold" / "sentences.tsv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        return [row["japanese"] for row in rows], [row["english"] for row in rows]
    stem = f"mt/{name}" if name == "wmt20" else f"nmt/test/{name}"
    return read(f"{stem}.ja"), read(f"{stem}.en")


@pytest.mark.parametrize("name", FLOORS["flagged"])
def test_references_pass(name):
    sources, translations = references(name)
    start = time.perf_counter()
    flagged, codes = bench.flag_rate(sources, translations)
    pace = (time.perf_counter() - start) / len(sources)
    assert flagged / len(sources) <= FLOORS["flagged"][name], codes
    assert pace < 0.005  # 0.6 ms on an idle core; a busy one may be slower


def test_wrong_amounts_are_flagged_and_right_ones_are_not():
    outputs = {engine: read(f"mt/wmt20.{engine}.en") for engine in bench.ENGINES}
    verdicts = bench.judge_labels(read("mt/wmt20.ja"), outputs)
    assert verdicts.wrong + verdicts.right >= 150
    assert verdicts.wrong_flagged / verdicts.wrong >= FLOORS["wrong_amounts_flagged"]
    assert verdicts.right_flagged / verdicts.right <= FLOORS["right_amounts_flagged"]


def test_every_fact_of_the_gold_is_found():
    lines = {}
    for row in read("gold/sentences.tsv")[1:]:
        seed, index, _, japanese, english = row.split("\t")
        lines[seed, index] = (normalise_source(japanese), english)
    for row in read("gold/facts.tsv")[1:]:
        seed, index, source = row.split("\t")[:3]
        written = normalise_source(source)
        japanese, english = lines[seed, index]
        if any(digit in written for digit in "0123456789"):
            assert any(f.text in written or written in f.text for f in find_source(japanese)), written
            assert find_english(english), written
