"""Mails are queued sealed, sent by a real mail server's rules, and carry nothing that was not meant for them."""

from __future__ import annotations

import asyncio
import logging
import smtplib
import ssl
from dataclasses import replace
from typing import cast

import pytest
from redis.asyncio import Redis

from services import mail
from services.context import Context
from services.mail import Mail
from services.smtp import MailSettings
from services.vault import Vault
from tests.mailserver import PASSWORD, USERNAME, Authority, MailServer, StartMailServer

HELLO = Mail("ada@example.org", "Grüße", "Hello Ada,\n\nhere is what nobody else may read.\n")


def settings_of(server: MailServer, **more: object) -> MailSettings:
    given = {"host": "127.0.0.1", "port": server.port, "security": "none", "sender": "xText <noreply@example.org>"}
    return MailSettings(**{**given, "base_url": "http://xds.test", **more})  # type: ignore[arg-type]


@pytest.fixture
async def mailing(context: Context, mail_server: MailServer) -> Context:
    """A context that sends mails, with an empty queue."""
    await context.redis.delete(mail.QUEUE)
    return replace(context, mail=settings_of(mail_server))


async def queued(context: Context) -> list[str]:
    return [item.decode() for item in cast("list[bytes]", await context.redis.lrange(mail.QUEUE, 0, -1))]


async def send(context: Context, sealed: str) -> bool:
    return await asyncio.to_thread(mail.send, context, sealed)


async def test_a_posted_mail_waits_sealed_and_arrives_as_written(mailing: Context, mail_server: MailServer) -> None:
    assert await mail.post(mailing, HELLO)
    (sealed,) = await queued(mailing)
    assert "ada" not in sealed and "read" not in sealed
    assert await send(mailing, sealed)
    message = mail_server.next()
    assert (message["From"], message["To"]) == ("xText <noreply@example.org>", "ada@example.org")
    assert (message["Subject"], message["Auto-Submitted"]) == ("Grüße", "auto-generated")
    assert message.get_content().splitlines() == HELLO.text.splitlines()
    assert "nobody" not in repr(HELLO)


async def test_a_mail_sent_twice_is_known_as_one(mailing: Context, mail_server: MailServer) -> None:
    await mail.post(mailing, HELLO)
    (sealed,) = await queued(mailing)
    for _ in range(2):
        assert await send(mailing, sealed)
    assert mail_server.next()["Message-ID"] == mail_server.next()["Message-ID"]


async def test_without_a_mail_server_nothing_is_queued(context: Context) -> None:
    await context.redis.delete(mail.QUEUE)
    assert context.mail is None
    assert not await mail.post(context, HELLO)
    assert await queued(context) == []


async def test_the_queue_has_an_end(
    mailing: Context, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(mail, "MOST_WAITING", 3)
    assert [await mail.post(mailing, HELLO) for _ in range(5)] == [True, True, True, False, False]
    assert len(await queued(mailing)) == 3
    assert "nobody" not in caplog.text and "does a worker run?" in caplog.text


async def test_a_redis_that_is_away_fails_no_act(mailing: Context) -> None:
    away = Redis.from_url("redis://127.0.0.1:1/0")
    assert not await mail.post(replace(mailing, redis=away), HELLO)
    await away.aclose()


@pytest.mark.parametrize("to", ["ada@example.org\r\nBcc: eve@example.org", "ada@example.org, eve@example.org"])
async def test_no_recipient_brings_another(mailing: Context, mail_server: MailServer, to: str) -> None:
    await mail.post(mailing, replace(HELLO, to=to))
    (sealed,) = await queued(mailing)
    assert not await send(mailing, sealed)
    assert mail_server.arrived.empty()


async def test_no_subject_brings_a_header(mailing: Context, mail_server: MailServer) -> None:
    await mail.post(mailing, replace(HELLO, subject="Hello\r\nBcc: eve@example.org"))
    (sealed,) = await queued(mailing)
    assert not await send(mailing, sealed)
    assert mail_server.arrived.empty()


async def test_what_was_sealed_with_a_secret_that_is_gone_is_dropped(mailing: Context, mail_server: MailServer) -> None:
    sealed = Vault("another secret of these tests, long").seal(mail.PURPOSE, "{}")
    assert not await send(mailing, sealed)
    assert mail_server.arrived.empty()


async def test_too_old_a_mail_is_dropped(mailing: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    await mail.post(mailing, HELLO)
    (sealed,) = await queued(mailing)
    monkeypatch.setattr(mail, "KEPT_SECONDS", -1)
    assert not await send(mailing, sealed)


async def test_a_refusal_for_good_drops_the_mail_and_one_for_now_raises(
    mailing: Context, mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    mail_server.says = {"ada@example.org": "550 unknown", "bob@example.org": "451 later"}
    await mail.post(mailing, HELLO)
    await mail.post(mailing, replace(HELLO, to="bob@example.org"))
    for_good, for_now = await queued(mailing)
    with caplog.at_level(logging.DEBUG):
        assert not await send(mailing, for_good)
    (said,) = (record.getMessage() for record in caplog.records if record.name.startswith("xds"))
    assert "550" in said and "ada@example.org" not in said
    with pytest.raises(smtplib.SMTPException):
        await send(mailing, for_now)


async def sent_by(context: Context, settings: MailSettings) -> bool:
    sending = replace(context, mail=settings)
    await context.redis.delete(mail.QUEUE)
    await mail.post(sending, HELLO)
    (sealed,) = await queued(sending)
    return await send(sending, sealed)


async def test_starttls_and_login_are_used(
    context: Context, start_mail_server: StartMailServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.trusted))
    server = start_mail_server(starttls=True)
    settings = settings_of(server, security="starttls", username=USERNAME, password=PASSWORD)
    assert await sent_by(context, settings)
    assert server.encrypted == [True]
    assert PASSWORD not in repr(settings)
    with pytest.raises(smtplib.SMTPAuthenticationError):  # an operator mends it, and then the mail goes out
        await sent_by(context, replace(settings, password="wrong"))


async def test_tls_from_the_first_byte_is_used(
    context: Context, start_mail_server: StartMailServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.trusted))
    server = start_mail_server(tls=True)
    assert await sent_by(context, settings_of(server, security="tls"))
    assert server.next()["To"] == "ada@example.org"


async def test_a_server_that_nobody_vouches_for_gets_nothing(
    context: Context, start_mail_server: StartMailServer
) -> None:
    server = start_mail_server(starttls=True)
    with pytest.raises(ssl.SSLCertVerificationError):
        await sent_by(context, settings_of(server, security="starttls", username=USERNAME, password=PASSWORD))
    assert server.arrived.empty()


async def test_where_starttls_is_stripped_nothing_goes_in_the_clear(context: Context, mail_server: MailServer) -> None:
    with pytest.raises(smtplib.SMTPNotSupportedError):
        await sent_by(context, settings_of(mail_server, security="starttls"))
    assert mail_server.arrived.empty()


@pytest.mark.parametrize("sender", ["nobody", "a@example.org\r\nBcc: eve@example.org", ""])
def test_a_sender_that_is_no_address_is_refused_at_the_start(sender: str) -> None:
    with pytest.raises(ValueError):
        MailSettings(host="127.0.0.1", sender=sender, base_url="http://xds.test")


def test_a_token_travels_in_the_fragment_or_by_hand(mail_server: MailServer) -> None:
    linked = settings_of(mail_server, ui_url="https://design.example.org")
    way = mail.way(linked, "abc", page="reset-password", command="xds account reset-password")
    assert "https://design.example.org/reset-password#token=abc" in way
    way = mail.way(settings_of(mail_server), "abc", page="reset-password", command="xds account reset-password")
    assert "xds account reset-password --server http://xds.test\n" in way and "token abc" not in way
