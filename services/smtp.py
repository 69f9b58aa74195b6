"""SMTP: makes messages and hands them to the mail server that the settings name."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Literal

_SECONDS = 30.0
_PERMANENT = range(500, 600)


class Refused(Exception):
    """The mail server will never take this message; the text names no address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """The mail server, the sender, and where links in mails lead."""

    host: str
    port: int = 587
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: str
    base_url: str
    """The service's own URL, for commands to be typed."""
    ui_url: str | None = None
    """The user interface; without one mails name commands instead of links."""

    def __post_init__(self) -> None:
        """Refuse a sender that no message could carry, at the start rather than with the first mail."""
        EmailMessage(SMTP)["From"] = self.sender
        if "@" not in parseaddr(self.sender)[1]:
            raise ValueError(f"the sender of mails is no e-mail address: {self.sender}")

    @property
    def domain(self) -> str:
        """The sender's."""
        return parseaddr(self.sender)[1].rpartition("@")[2]


def message_of(
    settings: MailSettings, *, to: str, subject: str, text: str, message_id: str, now: datetime
) -> EmailMessage:
    """The message on the wire (RFC 5322); raises ValueError for a line break in a header. ``message_id`` stays the
    same when a mail is sent again, so that a second copy is known as one."""
    message = EmailMessage(SMTP)
    message["From"] = settings.sender
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: vacation notices stay at home
    message.set_content(text)
    return message


def deliver(settings: MailSettings, message: EmailMessage) -> None:
    """Hand a message to the mail server; raises SMTPException and OSError, and Refused where it is refused for good."""
    try:
        _hand_over(settings, message)
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        if _is_permanent(error):
            raise Refused(f"the mail server refuses it with {_codes(error)}") from error
        raise


def _hand_over(settings: MailSettings, message: EmailMessage) -> None:
    trusted = ssl.create_default_context()
    if settings.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(settings.host, settings.port, timeout=_SECONDS, context=trusted)
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=_SECONDS)
    with server:
        if settings.security == "starttls":
            server.starttls(context=trusted)  # raises where the server does not offer it: never in the clear then
        if settings.username:
            server.login(settings.username, settings.password or "")
        server.send_message(message)


def _is_permanent(error: smtplib.SMTPException) -> bool:
    """Whether the server said 5xx to this mail. What it says to our login or our encryption is for an operator to
    mend, and then the mail goes out after all."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return False
    return all(code in _PERMANENT for code in _codes(error))


def _codes(error: smtplib.SMTPException) -> list[int]:
    """Reply codes only: the texts name people's addresses."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _ in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []
