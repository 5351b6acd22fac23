"""kill -9 at the steps of a whole run, and run again: the same brief always, and each mail once."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import run_child
from mail_server import MailServer

STORY = """Two patrol vessels for the coast guard

November 21, 2026

The government will hand over two patrol vessels to the coast guard of its neighbour next spring, the ministry said.
The patrol vessels cost 4.2 billion yen and replace ships that have been in service since 1994, it added on Friday.
"""


def test_killed_at_any_step_and_run_again(tmp_path):
    inbox = tmp_path / "in"
    inbox.mkdir()
    (inbox / "a.txt").write_text(STORY, encoding="utf-8")
    with MailServer("none") as server:
        child = [sys.executable, run_child.__file__, str(tmp_path), str(server.port)]
        environment = {**os.environ, "PYTHONPATH": str(Path(run_child.__file__).parent)}
        result = subprocess.run(child, capture_output=True, text=True, env=environment, timeout=120, check=False)
        assert result.returncode == 0, result.stderr[-3000:]
        arrived = Counter(recipient for received in server.received for recipient in received.recipients)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert rows[-1]["step"] is None
    killed = [row["step"] for row in rows[:-1]]
    assert len(killed) >= 25
    assert {name.split()[1] for name in killed if name.startswith(("before", "after"))} >= {"stage", "render", "file"}
    for row in rows:
        assert row["files"] == rows[-1]["files"], row["step"]
        assert set(row["runs"]) <= {"done", "killed"}, row["step"]
        assert len(row["mails"]) == 2
        for recipient, state in row["mails"].items():
            # Nobody can know whether a mail arrived whose answer was awaited: it is held, and the run says so.
            assert state == "sent" or (state == "held" and row["code"] == 8), (row["step"], state)
            assert arrived[recipient] == 1 if state == "sent" else arrived[recipient] <= 1, row["step"]
    assert sum("held" in row["mails"].values() for row in rows) <= 4
