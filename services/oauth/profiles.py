"""What a provider says about a person."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """One person at one provider; ``email`` only where the provider says that it has verified it."""

    provider: str
    subject: str
    email: str | None
    name: str = ""
    username: str = ""
