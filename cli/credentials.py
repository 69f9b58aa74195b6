"""Keeps the sign-ins of this user in one private file, an entry per server."""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from cli.errors import CommandFailed


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in: who, and the tokens that a server handed out; ``expires_at`` is in seconds since the epoch."""

    email: str
    access_token: str
    refresh_token: str
    expires_at: float

    def __repr__(self) -> str:
        """Without the tokens: this may land in a log."""
        return f"Session(email={self.email!r})"

    @classmethod
    def of(cls, email: str, pair: Mapping[str, Any]) -> Session:
        """The session that an answer of /api/auth/login or /refresh describes."""
        expires_at = time.time() + float(pair["expires_in"])
        return cls(email, str(pair["access_token"]), str(pair["refresh_token"]), expires_at)

    def lasts(self, seconds: float) -> bool:
        """Whether the access token is good for that much longer."""
        return self.expires_at - time.time() > seconds


class Credentials:
    """The file ``credentials.json`` (0600) below the user's configuration directory."""

    def __init__(self, directory: Path | None = None) -> None:
        self.path = (directory or user_config_path("xds")) / "credentials.json"

    def session(self, server: str) -> Session | None:
        """The sign-in at a server."""
        entry = self._read()["servers"].get(server)
        try:
            return Session(**entry) if isinstance(entry, dict) else None
        except TypeError:
            return None

    def servers(self) -> list[str]:
        """Every server that there is a sign-in at."""
        return list(self._read()["servers"])

    def current(self) -> str | None:
        """The server signed in at last, which commands speak to when they are told no other."""
        found = self._read()["current"]
        return found if isinstance(found, str) else None

    def keep(self, server: str, session: Session, *, make_current: bool = False) -> None:
        """Remember a sign-in."""
        with self._changing() as content:
            content["servers"][server] = asdict(session)
            if make_current:
                content["current"] = server

    def forget(self, server: str) -> None:
        """Forget a sign-in."""
        with self._changing() as content:
            content["servers"].pop(server, None)
            if content["current"] == server:
                content["current"] = next(iter(content["servers"]), None)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Alone among all commands of this user: a refresh token works once, and its reuse would end the sign-in."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Any]]:
        """The content, written back at the end; callers that must not meet others hold ``locked``."""
        content = self._read()
        yield content
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=".credentials-", dir=self.path.parent)  # made 0600
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(content, file, indent=2)
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _read(self) -> dict[str, Any]:
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            content = {}
        except ValueError as error:
            raise CommandFailed(f"{self.path} is damaged; remove it and sign in again") from error
        if not isinstance(content, dict) or not isinstance(content.get("servers", {}), dict):
            raise CommandFailed(f"{self.path} is damaged; remove it and sign in again")
        return {"current": content.get("current"), "servers": content.get("servers", {})}
