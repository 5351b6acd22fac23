"""A real SMTP server on loopback (aiosmtpd) that can be told to refuse, to fall silent or to hang up at any step.

`faults` says what happens at a step: connect, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, body, end, QUIT. A fault is a reply
("451 later"), "drop", or "silence"; at the end of the data also "keep and drop": the message is taken, the answer is lost.
`refused` does so for single recipients.
"""

import asyncio
import atexit
import functools
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from pathlib import Path
from typing import NamedTuple

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from briefs.config import MailSettings

USER, PASSWORD = "desk@example.org", "S3cret-ü-password"
BODY_LIMIT = 200_000  # bytes of a message after which "body" drops


class Received(NamedTuple):
    """A message as the server took it."""

    sender: str
    recipients: list[str]
    data: bytes

    @property
    def message(self) -> EmailMessage:
        """The message as a mail program reads it."""
        return message_from_bytes(self.data, policy=POLICY)


@functools.cache
def certificate() -> Path:
    """A new certificate for `localhost`, with its key, that is its own authority."""
    folder = tempfile.mkdtemp(prefix="briefs-test-")
    atexit.register(shutil.rmtree, folder)
    path = Path(folder) / "server.pem"
    options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(
        ["openssl", *options.split(), *names, "-keyout", path, "-out", f"{path}.crt"], check=True, capture_output=True
    )
    authority = Path(f"{path}.crt")
    path.write_bytes(path.read_bytes() + authority.read_bytes())
    return path


class MailServer:
    """The server in a thread of its own, while the context lasts."""

    def __init__(self, security="starttls", mechanisms=("PLAIN", "LOGIN", "XOAUTH2")):
        self.security, self.mechanisms = security, mechanisms
        self.faults, self.refused, self.received, self.commands = {}, {}, [], []
        self.connections = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(certificate())

    def __enter__(self):
        self._thread.start()
        tls = self._context if self.security == "tls" else None
        # With its protocol named, asyncio sends each answer at once.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.bind(("127.0.0.1", 0))
        # Little is in flight when it hangs up in the middle of a message.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        made = self._loop.create_server(lambda: _Conversation(self, self._loop), sock=listening, ssl=tls)
        self._server = asyncio.run_coroutine_threadsafe(made, self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_):
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _stop(self):
        self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)

    def settings(self, **changes):
        """Settings of a client that trusts this server."""
        given = {
            "host": "localhost", "port": self.port, "security": self.security, "ca_file": f"{certificate()}.crt",
            "user": "" if self.security == "none" else USER, "password": PASSWORD, "seconds": 5.0,
            "sender": "Asia desk <desk@example.org>",
        }  # fmt: skip
        return MailSettings(**{**given, **changes})

    def take_fault(self, step):
        """What is to happen at a step; a list of faults happens one after the other."""
        fault = self.faults.get(step)
        return (fault.pop(0) if fault else None) if isinstance(fault, list) else fault


class _Conversation(SMTP):
    def __init__(self, server, loop):
        self.mail_server = server
        self._body = None
        self._is_open = True
        self._was_silenced = False
        starttls = server._context if server.security == "starttls" else None
        super().__init__(
            _Handler(server), hostname="localhost", tls_context=starttls, loop=loop, authenticator=_check_login,
            auth_require_tls=server.security == "starttls",
            auth_exclude_mechanism={"PLAIN", "LOGIN", "XOAUTH2"} - set(server.mechanisms),
        )  # fmt: skip

    def connection_made(self, transport):
        if self._original_transport is None:
            self.mail_server.connections += 1
            fault = self.mail_server.take_fault("connect")
            if fault == "drop":
                self.loop.call_soon(transport.abort)
                self._was_silenced = True
            elif fault:
                transport.write(f"{fault}\r\n".encode())
                self.loop.call_soon(transport.close)
                self._was_silenced = True
        super().connection_made(transport)

    async def _handle_client(self):
        if not self._was_silenced:
            await super()._handle_client()

    async def _at(self, step, go_on, arg):
        self.mail_server.commands.append(f"{step} {arg or ''}".strip())
        fault = self.mail_server.take_fault(step)
        if fault == "drop":
            self.transport.abort()
        elif fault == "silence":
            await asyncio.sleep(30)
        elif fault:
            await self.push(fault)
        else:
            await go_on(arg)

    async def smtp_EHLO(self, hostname):
        await self._at("EHLO", super().smtp_EHLO, hostname)

    async def smtp_STARTTLS(self, arg):
        await self._at("STARTTLS", super().smtp_STARTTLS, arg)

    async def smtp_AUTH(self, arg):
        await self._at("AUTH", super().smtp_AUTH, arg)

    async def smtp_MAIL(self, arg):
        await self._at("MAIL", super().smtp_MAIL, arg)

    async def smtp_RCPT(self, arg):
        for address, reply in self.mail_server.refused.items():
            if f"<{address}>" in arg:
                self.mail_server.commands.append(f"RCPT {arg}")
                await self.push(reply)
                return
        await self._at("RCPT", super().smtp_RCPT, arg)

    async def smtp_DATA(self, arg):
        self._body = 0
        await self._at("DATA", super().smtp_DATA, arg)
        self._body = None

    async def smtp_QUIT(self, arg):
        await self._at("QUIT", super().smtp_QUIT, arg)

    def data_received(self, data):
        if self._body is not None and self.mail_server.faults.get("body"):
            self._body += len(data)
            if self._body > BODY_LIMIT and self._is_open:
                self._is_open = False
                fault = self.mail_server.faults["body"]
                if fault == "drop":
                    self.transport.abort()
                else:
                    self.transport.write(f"{fault}\r\n".encode())
            if not self._is_open:
                return
        super().data_received(data)


class _Handler:
    def __init__(self, server):
        self.mail_server = server

    async def handle_DATA(self, server, session, envelope):
        fault = self.mail_server.take_fault("end")
        received = Received(envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content)
        if fault in (None, "keep and drop"):
            self.mail_server.received.append(received)
        if fault in ("drop", "keep and drop"):
            server.transport.abort()
        elif fault == "silence":
            await asyncio.sleep(30)
        return fault if fault and fault[0].isdigit() else "250 taken"

    async def auth_XOAUTH2(self, server, args):
        import base64

        told = base64.b64decode(args[1]).decode()
        if told == f"user={USER}\1auth=Bearer {PASSWORD}\1\1":
            return AuthResult(success=True, auth_data=told)
        await server.challenge_auth('{"status":"401"}')
        return AuthResult(success=False, handled=False)


def _check_login(server, session, envelope, mechanism, data):
    return AuthResult(success=data == LoginPassword(USER.encode(), PASSWORD.encode()), handled=False)
