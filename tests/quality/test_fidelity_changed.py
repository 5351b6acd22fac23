"""Figures of right translations that were changed on purpose: the check must see them."""

import random
from pathlib import Path

from benchmarks.fidelity_changed import change_amount, change_rest, measure, other_digit, read_pairs

DATA = Path(__file__).resolve().parents[2] / "training" / "data"


def test_changed_figures_are_flagged_and_right_ones_are_not():
    pairs = read_pairs([DATA / "09.tsv"])
    flagged, made, seen = measure(pairs, 120, seed=3)
    assert flagged <= len(pairs) // 50
    amounts = [name for name in made if name.startswith("amount")]
    assert len(amounts) == 5
    assert sum(seen[name] for name in amounts) >= 0.98 * sum(made[name] for name in amounts)
    assert sum(seen.values()) >= 0.97 * made.total()


def test_every_change_changes_one_figure():
    rng = random.Random(1)
    english = "It costs 3.2 billion yen, up 5% in 2025."
    changed = dict([*change_amount(english, rng), *change_rest("32億円だ。", english, rng)])
    assert changed["amount: another magnitude"] == "It costs 3.2 million yen, up 5% in 2025."
    assert changed["amount: left out"] == "It costs  yen, up 5% in 2025."
    assert changed["currency: another"] == "It costs 3.2 billion dollars, up 5% in 2025."
    assert "percentage: left out" in changed
    assert all(text != english for text in changed.values())
    assert {other_digit("10", rng) for _ in range(200)} == {
        *"20 30 40 50 60 70 80 90".split(),
        *(f"1{d}" for d in range(1, 10)),
    }
