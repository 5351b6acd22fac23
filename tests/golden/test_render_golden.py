import json
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER))

from render_samples import SAMPLES, digest, rendered  # noqa: E402


@pytest.mark.parametrize("name", SAMPLES)
def test_the_pdf_is_as_it_was(name):
    """If the change is meant: python tests/golden/update.py, then read the diff."""
    expected = json.loads(FOLDER.joinpath(f"{name}.pdf.json").read_text(encoding="utf-8"))
    assert digest(rendered(name).files["pdf"]) == expected
