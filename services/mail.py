"""Mail: sealed and queued by services, so that no request waits for a mail server; sent by a worker."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable
from dataclasses import asdict, dataclass, field
from typing import cast

import orjson
from redis.exceptions import RedisError

from services import smtp
from services.context import Context
from services.vault import SealBroken

log = logging.getLogger("xds.mail")

QUEUE = "xds:mail"
"""The Redis list of sealed mails that workers have not taken yet, oldest first."""

PURPOSE = "mail"
MOST_WAITING = 10_000
"""More wait only where no worker runs; then what is asked for next is refused rather than piled up."""

KEPT_SECONDS = 24 * 3600
"""A mail that could not be sent for so long is not sent at all: what it offers has mostly expired."""

_QUEUED = """
if redis.call('LLEN', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('RPUSH', KEYS[1], ARGV[1])
return 1
"""


@dataclass(frozen=True, slots=True)
class Mail:
    """A plain-text mail. ``text`` may hold a credential, so it stays out of every repr."""

    to: str
    subject: str
    text: str = field(repr=False)


def way(settings: smtp.MailSettings, token: str, *, page: str, command: str) -> str:
    """What the reader of a mail is to do with a token: open ``page`` of the user interface, or type a command.

    The token stands in the link's fragment, which no browser sends to any server, so that it reaches no log.
    """
    if settings.ui_url:
        return f"Open this link:\n\n  {settings.ui_url}/{page}#token={token}"
    return f"Type this in a terminal:\n\n  {command} --server {settings.base_url}\n\nand paste this token:\n\n  {token}"


async def post(context: Context, mail: Mail) -> bool:
    """Queue a mail, sealed; call it after the commit that the mail speaks of.

    False, and a line in the log without the text, where the service sends no mail (``context.mail`` is None), the
    queue is full, or Redis does not answer: what was committed stays committed, so this never raises.
    """
    if context.mail is None:
        return False
    sealed = context.vault.seal(PURPOSE, orjson.dumps(asdict(mail)).decode())
    try:
        queued = await cast("Awaitable[int]", context.redis.eval(_QUEUED, 1, QUEUE, sealed, str(MOST_WAITING)))
    except (RedisError, OSError) as error:
        log.warning("a mail was not queued: %s", error)
        return False
    if not queued:
        log.error("a mail was not queued: %s wait already; does a worker run?", MOST_WAITING)
    return bool(queued)


def send(context: Context, sealed: str) -> bool:
    """Send a queued mail now, in a worker's thread. False where it is too old, cannot be opened, or the mail server
    refuses it for good; raises OSError where trying again may help."""
    if context.mail is None:
        log.warning("a mail was dropped: this worker knows no mail server")
        return False
    try:
        mail = Mail(**orjson.loads(context.vault.open(PURPOSE, sealed, seconds=KEPT_SECONDS)))
    except SealBroken:
        log.warning("a mail was dropped: it is too old, or sealed with a secret that the settings name no more")
        return False
    message_id = f"<{hmac.digest(b'xds mail', sealed.encode(), 'sha256').hex()[:32]}@{context.mail.domain}>"
    try:
        message = smtp.message_of(
            context.mail, to=mail.to, subject=mail.subject, text=mail.text, message_id=message_id, now=context.clock()
        )
    except ValueError as error:  # apart from the delivery, whose certificate errors are ValueErrors, too
        log.warning("a mail was dropped: %s", error)
        return False
    try:
        smtp.deliver(context.mail, message)
    except smtp.Refused as error:
        log.warning("a mail was dropped: %s", error)
        return False
    return True
