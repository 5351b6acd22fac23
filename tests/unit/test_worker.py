"""The child process: what it returns, and how its failures reach the parent. Every child here is a real one."""

import functools
import operator
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from briefs.errors import DocumentError
from briefs.worker import Worker, WorkerFailure

ENOUGH = 20  # seconds: far more than any call here takes, on the slowest machine


@pytest.fixture
def worker():
    with Worker() as worker:
        yield worker


def is_gone(pid):
    """Neither running nor a zombie."""
    return not Path(f"/proc/{pid}").exists()


def is_running(pid):
    """A zombie is not: an orphan is for the machine's first process to reap, in its own time."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def refuse(message, hint):
    raise DocumentError(message, hint=hint)


def test_the_result_comes_back_from_another_process(worker):
    assert worker.call(ENOUGH, divmod, 7, 2) == (3, 1)
    assert worker.call(ENOUGH, int, "ff", base=16) == 255
    assert worker.call(ENOUGH, os.getpid) != os.getpid()


def test_one_child_answers_all_calls(worker):
    assert worker.call(ENOUGH, os.getpid) == worker.call(ENOUGH, os.getpid)


def test_a_large_argument_and_result_pass(worker):
    data = os.urandom(8 << 20)
    assert worker.call(ENOUGH, bytes, data) == data


def test_an_exception_is_raised_here_and_the_child_lives_on(worker):
    pid = worker.call(ENOUGH, os.getpid)
    with pytest.raises(ZeroDivisionError):
        worker.call(ENOUGH, operator.truediv, 1, 0)
    assert worker.call(ENOUGH, os.getpid) == pid


def test_an_error_of_ours_keeps_its_hint(worker):
    with pytest.raises(DocumentError, match="unreadable") as caught:
        worker.call(ENOUGH, refuse, "unreadable", hint="save it again")
    assert caught.value.hint == "save it again"


def test_no_answer_in_time_ends_the_child(worker):
    pid = worker.call(ENOUGH, os.getpid)
    began = time.monotonic()
    with pytest.raises(WorkerFailure, match=r"no result after 0\.2 s"):
        worker.call(0.2, time.sleep, 60)
    assert time.monotonic() - began < 10
    assert is_gone(pid)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_death_by_a_signal_is_named(worker, number):
    pid = worker.call(ENOUGH, os.getpid)
    with pytest.raises(WorkerFailure, match=f"the child process died .{number.name}."):
        worker.call(ENOUGH, signal.raise_signal, number)
    assert is_gone(pid)


def test_death_between_two_calls_is_noticed(worker):
    os.kill(worker.call(ENOUGH, os.getpid), signal.SIGKILL)
    with pytest.raises(WorkerFailure, match="SIGKILL"):
        worker.call(ENOUGH, os.getpid)


def test_an_exit_is_named_by_its_code(worker):
    with pytest.raises(WorkerFailure, match="exit code 3"):
        worker.call(ENOUGH, os._exit, 3)


def test_a_new_child_is_started_after_a_failure(worker):
    with pytest.raises(WorkerFailure):
        worker.call(ENOUGH, os._exit, 1)
    assert worker.call(ENOUGH, abs, -1) == 1
    with pytest.raises(WorkerFailure):
        worker.call(0.1, time.sleep, 60)
    assert worker.call(ENOUGH, abs, -2) == 2


def test_memory_over_the_limit_is_an_error_and_not_the_parents():
    with Worker(memory_bytes=400 << 20) as worker:
        assert len(worker.call(ENOUGH, bytes, 1 << 20)) == 1 << 20
        with pytest.raises(MemoryError):
            worker.call(ENOUGH, functools.partial(bytearray, 1 << 30))
        assert worker.call(ENOUGH, abs, -1) == 1


def test_an_interrupt_is_the_parents_to_handle(worker):
    os.kill(worker.call(ENOUGH, os.getpid), signal.SIGINT)
    assert worker.call(ENOUGH, abs, -1) == 1


def test_what_cannot_be_sent_is_an_error_and_harms_nothing(worker):
    with pytest.raises(Exception, match="lambda"):
        worker.call(ENOUGH, lambda: 1)
    assert worker.call(ENOUGH, abs, -1) == 1


def test_closing_leaves_no_process_behind():
    with Worker() as worker:
        pid = worker.call(ENOUGH, os.getpid)
        assert not is_gone(pid)
    assert is_gone(pid)
    assert worker.close() is None


def test_the_child_ends_with_a_parent_that_was_killed(tmp_path):
    code = (
        "import os, signal\nfrom briefs.worker import Worker\nworker = Worker()\n"
        f"print(worker.call({ENOUGH}, os.getpid), flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    until = time.monotonic() + ENOUGH
    while is_running(int(done.stdout)) and time.monotonic() < until:
        time.sleep(0.02)
    assert not is_running(int(done.stdout))


def test_a_script_without_main_guard_runs_once(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from briefs.worker import Worker\nprint('begun')\n"
        f"with Worker() as worker:\n    print(worker.call({ENOUGH}, divmod, 7, 2))\n"
    )
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=60, cwd=tmp_path, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "begun\n(3, 1)\n", "")
