"""Tells others how the runs go: a ping to a health check, and a file for Prometheus' textfile collector."""

import logging
import time
from http import HTTPStatus
from pathlib import Path

from briefs import __version__
from briefs.errors import DocumentError
from briefs.workspace import DONE, History, write_file
from briefs.workspace.outbox import Outbox

_log = logging.getLogger(__name__)
_SECONDS = 10.0  # for all of a ping
_HELP = {
    "briefs_run_timestamp_seconds": "When the last run of a brief ended.",
    "briefs_success_timestamp_seconds": "When a brief was last made.",
    "briefs_run_exit_code": "Exit code of the last run of a brief.",
    "briefs_run_duration_seconds": "How long the last run of a brief took.",
    "briefs_articles": "Articles in the last run of a brief.",
    "briefs_points": "Points in the last run of a brief.",
    "briefs_deliveries": "Messages that are not final, by state.",
}


def ping(address: str, exit_code: int) -> bool:
    """Tell a health check how a run ended: `address` itself if it went well or in part, `/fail` below it if not.

    A ping that fails is logged, and changes nothing. Only the status of the answer is looked at, and no redirect followed.
    """
    from briefs.ingest.web.address import find_machines, parse_address
    from briefs.ingest.web.wire import Deadline, ask, trusted

    target = address if exit_code in (0, 10) else f"{address.rstrip('/')}/fail"
    try:
        there = parse_address(target)
        deadline = Deadline(_SECONDS, time.monotonic)
        machines = find_machines(there, (there.host,), deadline.left())
        tls = trusted() if there.scheme == "https" else None
        headers = {"user-agent": f"briefs/{__version__}", "connection": "close"}
        headers |= {"authorization": there.authorization} if there.authorization else {}
        body = f"briefs {__version__}: exit {exit_code}".encode()
        with ask(there, headers, machines=machines, deadline=deadline, tls=tls, post=body) as answer:
            status = answer.status
    except (DocumentError, OSError) as error:
        # Its words may hold the address, and the address a secret.
        _log.warning("the health check was not told: %s", type(error.__cause__ or error).__name__)
        return False
    if status // 100 != HTTPStatus.OK // 100:
        _log.warning("the health check answered %d", status)
        return False
    return True


def write_metrics(history: History, outbox: Outbox, briefs: list[str], path: Path) -> None:
    """Write the figures of the last runs, whole or not at all; ConfigError if the file cannot be written."""
    write_file(path, metrics(history, outbox, briefs).encode())


def metrics(history: History, outbox: Outbox, briefs: list[str]) -> str:
    """The figures of the last runs in Prometheus' text format."""
    samples: dict[str, list[str]] = {name: [] for name in _HELP}
    for brief in briefs:
        runs = [run for run in history.runs(brief, limit=50) if run.ended is not None]
        if not runs:
            continue
        last, good = runs[0], next((run for run in runs if run.outcome in DONE), None)
        values = {
            "briefs_run_timestamp_seconds": last.ended,
            "briefs_success_timestamp_seconds": good.ended if good else None,
            "briefs_run_exit_code": last.exit_code,
            "briefs_run_duration_seconds": (last.ended or 0) - last.started,
            "briefs_articles": last.articles,
            "briefs_points": last.points,
        }
        for name, value in values.items():
            if value is not None:
                samples[name].append(f'{name}{{brief="{brief}"}} {value}')
    tally = outbox.tally()
    for state in ("queued", "held", "failed"):
        samples["briefs_deliveries"].append(f'briefs_deliveries{{state="{state}"}} {tally[state]}')
    lines = []
    for name, values_of in samples.items():
        if values_of:
            lines += [f"# HELP {name} {_HELP[name]}", f"# TYPE {name} gauge", *values_of]
    return "\n".join(lines) + "\n"
