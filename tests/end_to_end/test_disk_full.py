"""A disk that is full, for real: a small file system in a mount namespace of its own, and then a larger one."""

import json
import os
import subprocess
import sys

import pytest

CONFIG = """out = "disk/out"
[translate]
backend = "identity"
[[theme]]
id = "sea"
title = "Sea"
keywords = { en = ["patrol vessels", "coast guard"] }
[[brief]]
name = "asia"
sources = ["in"]
formats = ["html", "json"]
"""
STORY = """Two patrol vessels for the coast guard

November 21, 2026

The government will hand over two patrol vessels to the coast guard of its neighbour next spring, the ministry said.
The patrol vessels cost 4.2 billion yen and replace ships that have been in service since 1994, it added on Friday.
"""
# Runs on the small disk, lists what is there, and runs again when there is room.
SCRIPT = """
set -u
mount -t tmpfs -o size=$1 none disk || exit 99
"$2" -m briefs run --date 2026-11-23 -q; echo "code $?"
find disk -name '*.html' -o -name '*.json' -o -name '.briefs-*' | sort
mount -o remount,size=20m disk
"$2" -m briefs run --date 2026-11-23 -q; echo "code $?"
"$2" -m briefs history --json
"""


@pytest.mark.parametrize("size", ["16k", "140k"])
def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path, size):
    for name in ("in", "disk"):
        (tmp_path / name).mkdir()
    (tmp_path / "in" / "a.txt").write_text(STORY, encoding="utf-8")
    (tmp_path / "briefs.toml").write_text(CONFIG, encoding="utf-8")
    result = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", SCRIPT, "sh", size, sys.executable],
        cwd=tmp_path, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    small, large = result.stdout.split("code ")[1:]
    assert small.splitlines()[0] == "3", result.stderr
    assert "disk" in result.stderr
    assert "this is a bug" not in result.stderr
    assert not [line for line in small.splitlines()[1:] if "/.briefs-" in line]  # no half a file
    assert large.startswith("0\n"), result.stderr
    runs = json.loads(large.removeprefix("0\n"))
    assert runs[0]["outcome"] == "done"
