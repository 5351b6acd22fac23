"""Tiny invented articles, and `briefs` run in this process or in one of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DAY = "2026-01-05"
FAST = "[translate]\nbackend = 'identity'\n"
ENGLISH = (
    "Ceasefire talks resume in Geneva\n\n"
    "Diplomats resumed ceasefire talks in Geneva on Monday, and the United Nations said that monitors would be deployed "
    "within ten days. The foreign minister promised 20 million dollars in humanitarian aid to the region.\n"
)
JAPANESE = """政府、停戦合意を歓迎　外相が会見

外務省は21日、停戦合意を歓迎する声明を発表した。外相は会見で「合意の履行が重要だ」と述べ、人道支援として3億円を拠出する方針を明らかにした。
両国の代表は来月、東京で協議を開く予定で、国連の停戦監視団の派遣についても話し合う。
"""


def put(folder, files):
    """Write files, text or bytes, by their paths below `folder`, and return it."""
    for name, content in files.items():
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Path(folder)


def command(*arguments):
    """The command line of a process that runs `briefs`."""
    return [sys.executable, "-m", "briefs", *map(str, arguments)]


def environment(**extra):
    """The environment of such a process, which runs in any folder."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **extra}


def start(folder, *arguments, **extra):
    """Start `briefs` in a process group of its own."""
    return subprocess.Popen(
        command(*arguments),
        cwd=folder,
        env=environment(**extra),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def finish(folder, *arguments, **extra):
    """Run `briefs` to its end: exit code, standard output, standard error."""
    with start(folder, *arguments, **extra) as process:
        out, err = process.communicate(timeout=60)
    return process.returncode, out.decode(), err.decode()


def outputs(folder):
    """The finished files of an output folder by name; anything that a reader would not list is left out."""
    return {p.name: p.read_bytes() for p in sorted(Path(folder).iterdir()) if p.is_file() and p.name[0] != "."}


def brief_json(folder):
    """The one JSON brief of an output folder."""
    (path,) = Path(folder).glob("*.json")
    return json.loads(path.read_text(encoding="utf-8"))
