"""What a service may refuse with, as types that know nothing of any transport."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import redis.exceptions
import sqlalchemy.exc

from designsystem.problem import Invalid, Problem
from index.errors import InvalidCursor

__all__ = [
    "Clash",
    "Conflict",
    "Forbidden",
    "Invalid",
    "InvalidCursor",
    "InvalidInput",
    "NotFound",
    "RateLimited",
    "ServiceError",
    "Stale",
    "TooLarge",
    "Unauthenticated",
    "Unavailable",
]


@dataclass(frozen=True, slots=True)
class Clash:
    """One place where two edits cannot both stand.

    ``subject`` is a token path, a component's directory or a ref name; ``field`` the member of it that clashed, empty
    for the whole. ``base`` is what both started from, ``ours`` what stands now, ``theirs`` what the writer asked for;
    None means that it does not exist there.
    """

    subject: str
    field: str
    base: Any
    ours: Any
    theirs: Any
    resource_id: str | None = None
    id: str | None = None
    resource: str | None = None
    kind: str | None = None
    file: str | None = None
    """What an answer to it names it by, what it is about, how the two contradict each other, and in which file: for
    conflicts of a merge, which can be answered."""


class ServiceError(Exception):
    """Root of everything that a service refuses with; ``detail`` is fit for the caller to read."""

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        super().__init__(detail)


class Unauthenticated(ServiceError):
    """Nobody, or somebody whose credential is unknown, expired or revoked."""


class Forbidden(ServiceError):
    """Known, and allowed to know that the resource exists, but not allowed to do this.

    ``problems`` says of what, where the rules of a branch or the owners of its content refuse.
    """

    def __init__(self, detail: str = "", problems: Iterable[Problem] = ()) -> None:
        super().__init__(detail)
        self.problems = tuple(problems)


class NotFound(ServiceError):
    """Absent, or the caller may not know that it exists."""


class Conflict(ServiceError):
    """The change and what stands now exclude each other; nothing was changed and nothing is lost."""

    def __init__(self, detail: str = "", clashes: Iterable[Clash] = (), *, commit: str | None = None) -> None:
        super().__init__(detail)
        self.clashes = tuple(clashes)
        self.commit = commit
        """The commit that ``ours`` was read at, so that a client can rebase on it."""


class Stale(ServiceError):
    """The writer demanded a state (``If-Match``) that no longer stands; ``current`` is the ETag of what does."""

    def __init__(self, detail: str = "", *, current: str | None = None) -> None:
        super().__init__(detail)
        self.current = current


class InvalidInput(ServiceError):
    """What was asked for breaks the rules; carries every problem found."""

    def __init__(self, problems: Iterable[Problem], detail: str = "") -> None:
        self.problems = tuple(problems)
        super().__init__(detail or "; ".join(problem.message for problem in self.problems[:3]))

    @classmethod
    def of(cls, field: str, code: str, message: str) -> InvalidInput:
        """One fault in one member of the request, e.g. ``of("password", "weak-password", "…")``."""
        return cls([Problem(code=code, message=message, pointer=f"/{field}" if field else "")])


class TooLarge(ServiceError):
    """More bytes or items than a limit allows."""


class RateLimited(ServiceError):
    """Too many attempts; ``retry_after`` is in seconds."""

    def __init__(self, detail: str = "", *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Unavailable(ServiceError):
    """Something that the operation needs does not answer now; ``retry_after`` is in seconds."""

    def __init__(self, detail: str = "", *, retry_after: int = 1) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


UNREACHABLE: tuple[type[Exception], ...] = (
    sqlalchemy.exc.InterfaceError,
    sqlalchemy.exc.OperationalError,
    sqlalchemy.exc.TimeoutError,
    redis.exceptions.ConnectionError,
    ConnectionError,
)
"""What the drivers raise when a database does not answer: nothing is wrong with the request, it may be repeated."""
