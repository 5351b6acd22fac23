"""A conversation by SMTP whose every answer comes to an end: in so many lines, and by one deadline."""

import smtplib
import socket
import time

_MOST_LINES = 100
_CHUNK = 8192


class Conversation(smtplib.SMTP):
    """smtplib's, whose time limit would begin anew with each byte, and which would keep any number of lines."""

    def getreply(self) -> tuple[int, bytes]:
        """The code and the words of an answer; SMTPServerDisconnected if it does not end."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("no connection")
        if self.file is None:
            self.file = _Lines(self.sock)
        self.file.begin()
        return super().getreply()


class TlsConversation(Conversation, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


class _Lines:
    """The lines of a socket, in the form in which smtplib reads them; the time limit of the socket is for a whole answer."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = bytearray()
        self._until: float | None = None
        self._lines = 0

    def begin(self) -> None:
        """An answer begins."""
        seconds = self._sock.gettimeout()
        self._until = None if seconds is None else time.monotonic() + seconds
        self._lines = 0

    def readline(self, most: int) -> bytes:
        """The next line, or `most` bytes of it; OSError if the answer has too many or its time is over."""
        self._lines += 1
        if self._lines > _MOST_LINES:
            raise OSError(f"an answer of more than {_MOST_LINES} lines")
        while b"\n" not in self._buffer and len(self._buffer) < most:
            chunk = self._receive()
            if not chunk:
                break
            self._buffer += chunk
        end = self._buffer.find(b"\n") + 1 or len(self._buffer)
        line = bytes(self._buffer[: min(end, most)])
        del self._buffer[: len(line)]
        return line

    def _receive(self) -> bytes:
        if self._until is None:
            return self._sock.recv(_CHUNK)
        seconds, left = self._sock.gettimeout(), self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left)
        try:
            return self._sock.recv(_CHUNK)
        finally:
            self._sock.settimeout(seconds)

    def close(self) -> None:
        """Forget what was not read; the socket is closed by whoever has it."""
        self._buffer.clear()
