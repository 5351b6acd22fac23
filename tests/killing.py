"""Processes that are killed with SIGKILL at a step, for tests of what is left then."""

import os
import signal


def killed_at(last, work):
    """Do `work(step)` in a process that is killed at its step `last`; return the step's name, None if it came to its end."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        count = 0

        def step(name):
            nonlocal count
            count += 1
            if count == last:
                os.write(writer, name.encode())
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            work(step)
        finally:
            os._exit(0)
    os.close(writer)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as pipe:
        name = pipe.read().decode()
    return name if os.WIFSIGNALED(status) else None
