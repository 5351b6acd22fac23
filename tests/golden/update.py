"""Writes the digests that test_render_golden.py compares with, after a meant change of layout: read the diff."""

import json
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER), str(FOLDER.parents[1])]

from render_samples import SAMPLES, digest, rendered  # noqa: E402

if __name__ == "__main__":
    for name in SAMPLES:
        text = json.dumps(digest(rendered(name).files["pdf"]), ensure_ascii=False, indent=1)
        FOLDER.joinpath(f"{name}.pdf.json").write_text(text + "\n", encoding="utf-8")
