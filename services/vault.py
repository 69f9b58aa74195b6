"""The vault: seals what must be kept but read by nobody else, with keys derived from the service's secret."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class SealBroken(ValueError):
    """Not sealed here, sealed for another purpose, or with a secret that the settings name no more."""


class Vault:
    """Authenticated encryption (Fernet: AES-128-CBC and HMAC-SHA-256), newest secret first.

    Each ``purpose`` has keys of its own, so that what was sealed for one cannot be passed off as another's.
    """

    def __init__(self, secret: str, previous: Sequence[str] = ()) -> None:
        self._secrets = [each.encode() for each in (secret, *previous)]

    def __repr__(self) -> str:
        """Without the secrets: this lands in tracebacks."""
        return "Vault()"

    def seal(self, purpose: str, text: str) -> str:
        """URL-safe text that only ``open`` with the same purpose turns back."""
        return self._newest(purpose).encrypt(text.encode()).decode()

    def open(self, purpose: str, sealed: str, *, seconds: int | None = None) -> str:
        """What was sealed, where it is no older than ``seconds``; raises SealBroken."""
        keys = MultiFernet([Fernet(_key(secret, purpose)) for secret in self._secrets])
        try:
            return keys.decrypt(sealed.encode(), ttl=seconds).decode()
        except InvalidToken as error:
            raise SealBroken(
                f"this {purpose} cannot be opened; was XDS_SECRET_KEY changed without keeping the old one?"
            ) from error

    def is_current(self, purpose: str, sealed: str) -> bool:
        """Whether it was sealed with the newest secret, and so needs no resealing."""
        try:
            self._newest(purpose).decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True

    def signing_keys(self, purpose: str) -> list[bytes]:
        """Keys of 32 bytes to sign for that purpose: sign with the first, believe all. No seal uses them."""
        return [hmac.digest(secret, b"xds signs " + purpose.encode(), "sha256") for secret in self._secrets]

    def _newest(self, purpose: str) -> Fernet:
        return Fernet(_key(self._secrets[0], purpose))


def _key(secret: bytes, purpose: str) -> bytes:
    return base64.urlsafe_b64encode(hmac.digest(secret, b"xds vault " + purpose.encode(), "sha256"))
