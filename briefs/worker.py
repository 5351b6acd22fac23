"""A child process for work that may hang, crash or eat memory: parsing hostile documents, laying out pages.

The parent gets the result, the error, or a `WorkerFailure` when the child overran its time or died. Memory that the
work took is given back to the machine when the worker closes.
"""

import contextlib
import multiprocessing
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class WorkerFailure(Exception):  # noqa: N818 - not an error of the caller: each caller makes its own of it
    """The child process overran its time or died; callers turn it into an error of their own stage."""


class Worker:
    """One child process, started at the first call and again after a failure."""

    def __init__(self, *, memory_bytes: int = 0) -> None:
        """`memory_bytes` limits the child's address space; 0 sets no limit."""
        self._memory_bytes = memory_bytes
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def call(self, seconds: float, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return `function(*args, **kwargs)` run in the child; its exceptions are raised here.

        Raises:
            WorkerFailure: after `seconds` without an answer, or if the child died.
        """
        connection = self._connection or self._start()
        try:
            connection.send((function, args, kwargs))
            if not connection.poll(seconds):
                self.close()
                raise WorkerFailure(f"no result after {seconds:g} s")
            succeeded, value = connection.recv()
        except (EOFError, BrokenPipeError, ConnectionResetError) as error:
            code = self.close()
            raise WorkerFailure(f"the child process died ({_describe(code)})") from error
        except KeyboardInterrupt:
            self.close()
            raise
        if succeeded:
            result: R = value
            return result
        raise value

    def close(self) -> int | None:
        """Stop the child and return its exit code (negative: the signal that ended it), None if there was none."""
        process, self._process = self._process, None
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        if process is None:
            return None
        try:
            return process.wait(0.2)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self) -> Connection:
        # Not multiprocessing.Process: its spawn runs the caller's __main__ again, which a plain script does not survive.
        ours, theirs = multiprocessing.Pipe()
        call = f"serve({theirs.fileno()}, {self._memory_bytes})"
        code = f"import sys; sys.path[:] = {sys.path!r}; from briefs.worker import serve; {call}"
        self._process = subprocess.Popen(
            [sys.executable, "-c", code], pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
        )
        theirs.close()
        self._connection = ours
        return ours


def serve(descriptor: int, memory_bytes: int) -> None:
    """Answer calls on the pipe until the parent goes away; an interrupt is the parent's to handle."""
    connection = Connection(descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if memory_bytes:
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            function, args, kwargs = connection.recv()
            try:
                answer = (True, function(*args, **kwargs))
            except Exception as error:  # noqa: BLE001 - carried to the parent, which raises it
                answer = (False, error)
            connection.send(answer)


def _describe(code: int | None) -> str:
    if code is not None and code < 0:
        return signal.Signals(-code).name
    return f"exit code {code}"
