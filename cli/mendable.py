"""Errors that are no bugs: what a person can mend, as the lines to say."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from embedded.errors import EmbeddedError
from settings import SettingsError


def told(error: Exception) -> list[str]:
    """What to say of an error; nothing for one that only a traceback explains."""
    if isinstance(error, (EmbeddedError, SettingsError)):
        return [str(error)]
    if isinstance(error, ValidationError):
        return [_setting(problem["loc"], problem["msg"]) for problem in error.errors()]
    return []


def _setting(place: Sequence[str | int], message: str) -> str:
    """``XDS_NAME: what is wrong``; within a list or object with the place, as in ``XDS_NAME[0].member``."""
    said = message.removeprefix("Value error, ")
    if not place:
        return said
    inner = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place[1:])
    return f"setting XDS_{str(place[0]).upper()}{inner}: {said}"
