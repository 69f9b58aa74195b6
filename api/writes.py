"""Where a write goes and why: ``branch`` and ``message``, in the query of any write or in its body, if it has one."""

from __future__ import annotations

from typing import Annotated, Protocol

from fastapi import Depends

from api.schemas.components import Branch, ShortMessage
from services.design_tokens import Where
from services.errors import InvalidInput


class _Stating(Protocol):
    """A request body that may name both."""

    branch: str | None
    message: str | None


def _where(branch: Branch = None, message: ShortMessage = None) -> Where:
    return Where(branch=branch, message=message)


CurrentWhere = Annotated[Where, Depends(_where)]
"""What the query says."""


def where_of(stated: Where, body: _Stating) -> Where:
    """What query and body say together; naming two different branches or messages is refused."""
    return Where(
        branch=_agreed("branch", stated.branch, body.branch), message=_agreed("message", stated.message, body.message)
    )


def _agreed(name: str, in_query: str | None, in_body: str | None) -> str | None:
    if in_query is not None and in_body is not None and in_query != in_body:
        raise InvalidInput.of(name, "stated-twice", f"The query and the body name different values of {name}.")
    return in_body if in_body is not None else in_query
