"""Passwords: argon2id hashes, constant work whether or not there is an account, and rules by strength."""

from __future__ import annotations

import asyncio
import hmac
import secrets
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from math import prod

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cachebox import TTLCache
from zxcvbn import zxcvbn
from zxcvbn.matching import L33T_TABLE, relevant_l33t_subtable

from designsystem.problem import Problem

MIN_LENGTH = 10
MAX_LENGTH = 1024
MIN_SCORE = 3
REMEMBERED = 1024
REMEMBERED_SECONDS = 60.0
_ESTIMATED_LENGTH = 72  # zxcvbn's time grows steeply with length; what lies beyond only makes a password stronger
_MOST_READINGS = 16
"""Ways to read a password's digits and symbols as letters. zxcvbn looks every part of it up in each of them, which for
one made of all such symbols takes seconds, in which nobody else is answered. Digits alone have four."""
_NO_LETTERS = str.maketrans("@({[<!|$+%", "#)}]>?/&-*")
"""Symbols that zxcvbn reads as letters, each as one that it does not."""


def check_strength(password: str, personal: Sequence[str] = ()) -> list[Problem]:
    """Problems with a new password; ``personal`` words (name, e-mail) count as guessable. Empty means good enough."""
    if len(password) < MIN_LENGTH:
        return [_problem("password-too-short", f"Use at least {MIN_LENGTH} characters.")]
    if len(password) > MAX_LENGTH:
        return [_problem("password-too-long", f"Use at most {MAX_LENGTH} characters.")]
    estimate = zxcvbn(_estimated(password), user_inputs=[word for word in personal if word])
    if estimate["score"] >= MIN_SCORE:
        return []
    feedback = estimate["feedback"]
    advice = " ".join(part for part in (feedback["warning"], *feedback["suggestions"]) if part)
    return [_problem("password-too-weak", f"This password is easy to guess. {advice}".strip())]


def _estimated(password: str) -> str:
    """What of a password is estimated: its beginning, its symbols as such where they could be too many words."""
    text = password[:_ESTIMATED_LENGTH]
    readings = prod(len(symbols) for symbols in relevant_l33t_subtable(text, L33T_TABLE).values())
    return text if readings <= _MOST_READINGS else text.translate(_NO_LETTERS)


def _problem(code: str, message: str) -> Problem:
    return Problem(code=code, message=message, pointer="/password")


def _encoded(password: str) -> bytes:
    """One form whatever keyboard it was typed on (NFC, as RFC 8265 §4.2 has it); lone surrogates do no harm."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


class Passwords:
    """Hashes and verifies in a few threads of its own, so that a burst of sign-ins costs bounded memory and never
    holds the event loop (argon2 takes about 50 ms and 64 MiB each)."""

    def __init__(self, hasher: PasswordHasher | None = None, threads: int = 2) -> None:
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._secret = secrets.token_bytes(32)
        self._matched: TTLCache[bytes, str] = TTLCache(REMEMBERED, REMEMBERED_SECONDS)
        self._decoy = self._hasher.hash("no account has this password")

    async def hash(self, password: str) -> str:
        """The encoded argon2id hash (PHC string)."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, _encoded(password))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether it matches. Without a stored hash the same work is done on a decoy and the answer is no."""
        matched = await asyncio.get_running_loop().run_in_executor(
            self._threads, self._verify, stored or self._decoy, password
        )
        return matched and stored is not None

    async def verify_again(self, login: str, stored: str | None, password: str) -> bool:
        """Like ``verify``, but a match is remembered for a minute, for clients that send a password with each request.

        Remembered is which stored hash a login and password matched, under a key that only this process has: a hash
        that was replaced since does not match, and memory holds nothing that a password could be read from.
        """
        if self.remembers(login, stored, password):
            return True
        matched = await self.verify(stored, password)
        if matched and stored is not None:
            self._matched[self._fingerprint(login, password)] = stored
        return matched

    def remembers(self, login: str, stored: str | None, password: str) -> bool:
        """Whether ``verify_again`` would say yes without any work, because it did lately."""
        return stored is not None and self._matched.get(self._fingerprint(login, password)) == stored

    def _fingerprint(self, login: str, password: str) -> bytes:
        return hmac.digest(self._secret, f"{login}\0{password}".encode("utf-8", "surrogatepass"), "sha256")

    def _verify(self, stored: str, password: str) -> bool:
        if len(password) > MAX_LENGTH:
            return False
        try:
            return self._hasher.verify(stored, _encoded(password))
        except (VerificationError, InvalidHashError):
            return False

    def is_outdated(self, stored: str) -> bool:
        """Whether it was made with other parameters than today's and should be made anew at this sign-in."""
        return self._hasher.check_needs_rehash(stored)
