"""A process that runs the briefs of a folder, for tests that kill it: `FOLDER PORT`.

It makes the same brief again and again, each time in another workspace and in a process of its own, and kills that with
SIGKILL one step later than the last: before and after each stage, before and after each file is in place, at every fifth
SQL statement. Then it runs the brief again, unharmed. It prints a line of JSON for each.
"""

import contextlib
import hashlib
import io
import json
import sqlite3
import sys
from functools import partial
from pathlib import Path

from killing import killed_at

import briefs.cli
import briefs.cli.running
import briefs.deliver
import briefs.pipeline
import briefs.workspace.folder
import briefs.workspace.outbox
import briefs.workspace.store
from briefs.cli import run_cli

DAY = "2026-11-23"
_SQL = 5  # of so many SQL statements one is a step: tests/unit/test_outbox.py kills at each of the outbox's
CONFIG = """out = "{out}"
[translate]
backend = "identity"
[mail]
host = "localhost"
port = {port}
security = "none"
sender = "desk@example.org"
attach = ["json"]
[[theme]]
id = "sea"
title = "Sea"
keywords = {{ en = ["patrol vessels", "coast guard"] }}
[[brief]]
name = "asia"
sources = ["in"]
formats = ["html", "json"]
to = ["ana-{number}@example.org", "bo-{number}@example.org"]
"""


def run(folder, number, port):
    """Run the brief in the workspace of a number; return the exit code."""
    config = folder / f"{number}.toml"
    config.write_text(CONFIG.format(out=f"out-{number}", port=port, number=number), encoding="utf-8")
    with contextlib.redirect_stdout(io.StringIO()):
        return int(run_cli(["run", "-c", str(config), "--date", DAY, "-q"]))


def run_in_steps(folder, number, port, step):
    """Run the brief, telling each step."""
    _instrument(step)
    run(folder, number, port)


def _instrument(step):
    briefs.pipeline.STAGES = tuple(
        stage._replace(run=_stepped(stage.run, f"stage {stage.name}", step)) for stage in briefs.pipeline.STAGES
    )
    briefs.pipeline.render = _stepped(briefs.pipeline.render, "render", step)
    Path.replace = _stepped(Path.replace, "file in place", step)
    connect, count = sqlite3.connect, 0

    def at_sql(sql):
        nonlocal count
        count += 1
        if count % _SQL == 0:
            step(f"sql {' '.join(sql.split()[:3])}")

    def traced(*arguments, **named):
        connection = connect(*arguments, **named)
        connection.set_trace_callback(at_sql)
        return connection

    sqlite3.connect = traced


def _stepped(function, name, step):
    def stepped(*arguments, **named):
        step(f"before {name}")
        answer = function(*arguments, **named)
        step(f"after {name}")
        return answer

    return stepped


def outcome(folder, number):
    """What there is after a run: the digest of each file, what became of each mail, what was left half done."""
    out = folder / f"out-{number}"
    files = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(out.glob("*.*")) if path.is_file()
    }
    connection = sqlite3.connect(out / ".briefs" / "store.sqlite3")
    try:
        states = connection.execute("SELECT recipient, state FROM delivery ORDER BY id").fetchall()
        runs = connection.execute("SELECT outcome FROM run ORDER BY id").fetchall()
    finally:
        connection.close()
    return {"files": files, "mails": dict(states), "runs": [outcome for (outcome,) in runs]}


def main():
    """Kill and run until a run comes to its end."""
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    run(folder, 0, port)  # what is imported late is imported now, once
    number, step = 1, ""
    while step is not None:
        step = killed_at(number, partial(run_in_steps, folder, number, port))
        code = run(folder, number, port)
        print(json.dumps({"number": number, "step": step, "code": code, **outcome(folder, number)}), flush=True)
        number += 1


if __name__ == "__main__":
    main()
