"""Same inputs, date, pack and config: the same bytes, wherever and whenever they are made."""

import os
import subprocess
import sys

import pytest
from helpers import ENGLISH, JAPANESE, ROOT, put

PLACES = (
    {"TZ": "Asia/Tokyo", "LANG": "ja_JP.UTF-8", "LC_ALL": "ja_JP.UTF-8", "PYTHONHASHSEED": "1"},
    {"TZ": "America/Lima", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "2"},
)


EVERYTHING = """[render]
formats = ["pdf", "html", "md", "json"]
"""
ARCHIVE = """[translate]
backend = "identity"
[render]
pdf_variant = "pdf/a-3u"
"""


@pytest.mark.parametrize(("settings", "formats"), [(EVERYTHING, "pdf html md json"), (ARCHIVE, "pdf")])
def test_the_same_in_another_place(tmp_path, settings, formats):
    config = f'[[brief]]\nsources = ["in"]\n{settings}'
    children = []
    for number, place in enumerate(PLACES):
        folder = put(tmp_path / f"desk-{number}", {"briefs.toml": config, "in/a.txt": ENGLISH, "in/b.txt": JAPANESE})
        # The second desk has the same files from another hour.
        for path in folder.rglob("*.txt"):
            os.utime(path, (1_600_000_000 + number, 1_600_000_000 + 9999 * number))
        children.append(
            subprocess.Popen(
                [sys.executable, "-m", "briefs", "run", "--date", "2026-01-05", "--quiet"],
                cwd=folder,
                env={"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT), **place},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    made = []
    for child in children:
        out, problems = child.communicate(timeout=120)
        assert child.returncode == 0, problems
        made.append({path.rpartition("/")[2]: path for path in out.split()})
    first, second = (
        {name: (tmp_path / f"desk-{number}" / path).read_bytes() for name, path in each.items()}
        for number, each in enumerate(made)
    )
    assert [name.rpartition(".")[2] for name in first] == formats.split()
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
    assert all(len(content) > 1000 for content in first.values())
