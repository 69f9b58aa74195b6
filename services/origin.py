"""Origin: where the request at hand came from, for sign-ins and the audit log; set by transports, read by services."""

from __future__ import annotations

from contextvars import ContextVar, Token
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """The client's network address, what it calls itself, and the id under which the logs know the request."""

    address: str | None = None
    agent: str | None = None
    request_id: str | None = None


_current: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 - an Origin cannot be changed


def current() -> Origin:
    """The origin of what is being done; empty for jobs and the command line."""
    return _current.get()


def enter(origin: Origin) -> Token[Origin]:
    """Say where what follows in this task comes from; ``leave`` with the token that this returns."""
    return _current.set(origin)


def leave(token: Token[Origin]) -> None:
    """Back to what was before ``enter``."""
    _current.reset(token)
