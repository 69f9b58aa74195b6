"""Fixtures of a real mail server on this machine, which keeps what it is given: with or without TLS and login."""

from __future__ import annotations

import asyncio
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from queue import Queue

import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USERNAME, PASSWORD = "xds", "the mail server's own"
TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")


@dataclass
class MailServer:
    """What answers at ``port``; ``arrived`` holds the messages, ``says`` what it answers to recipients of a name."""

    port: int = 0
    arrived: Queue[EmailMessage] = field(default_factory=Queue)
    encrypted: list[bool] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take every recipient but those that ``says`` names."""
        refusal = self.says.get(address)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the message."""
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, _class=EmailMessage, policy=default)
        self.encrypted.append(session.ssl is not None)
        self.arrived.put(message)
        return "250 OK"

    def next(self) -> EmailMessage:
        """The message that arrives next."""
        return self.arrived.get(timeout=60)

    def token(self) -> str:
        """The token in the message that arrives next."""
        return token_in(self.next().get_content())


def token_in(text: str) -> str:
    """The one token in a mail."""
    (found,) = TOKEN.findall(text)
    return str(found)


@dataclass(frozen=True)
class Authority:
    """A certificate authority of these tests; ``trusted`` is its certificate, for SSL_CERT_FILE."""

    trusted: Path
    server: ssl.SSLContext


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """What vouches for 127.0.0.1."""
    made = trustme.CA()
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    made.cert_pem.write_to_path(str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.issue_cert("127.0.0.1").configure_cert(context)
    return Authority(path, context)


StartMailServer = Callable[..., MailServer]


@pytest.fixture
def start_mail_server(authority: Authority) -> Iterator[StartMailServer]:
    """Starts mail servers: ``starttls`` demands STARTTLS and a login, ``tls`` speaks TLS from the first byte."""
    with ExitStack() as stack:

        def start(*, starttls: bool = False, tls: bool = False) -> MailServer:
            return stack.enter_context(_running(authority, starttls=starttls, tls=tls))

        yield start


@pytest.fixture
def mail_server(start_mail_server: StartMailServer) -> MailServer:
    """A relay on this machine, without TLS."""
    return start_mail_server()


@contextmanager
def _running(authority: Authority, *, starttls: bool, tls: bool) -> Iterator[MailServer]:
    found, loop = MailServer(), asyncio.new_event_loop()

    def protocol() -> SMTP:
        return SMTP(
            found,
            hostname="mail.test",
            loop=loop,
            tls_context=authority.server if starttls else None,
            require_starttls=starttls,
            auth_required=starttls,
            authenticator=_authenticate,
        )

    thread = threading.Thread(target=loop.run_forever, name="mail server", daemon=True)
    thread.start()
    opening = loop.create_server(protocol, "127.0.0.1", 0, ssl=authority.server if tls else None)
    server = asyncio.run_coroutine_threadsafe(opening, loop).result(10)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        try:
            asyncio.run_coroutine_threadsafe(_closed(server), loop).result(10)
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
            loop.close()


async def _closed(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (USERNAME.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=known)
