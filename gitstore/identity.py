"""Who a commit or a reference's move is from."""

from __future__ import annotations

import re
from dataclasses import dataclass

_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>\ud800-\udfff]+")
_EDGES = " .,:;\"'\\"  # git strips these from both ends of a name ("crud", ident.c)


@dataclass(frozen=True, slots=True)
class Person:
    """A name and an e-mail address as they shall stand in git."""

    name: str
    email: str

    def as_signature(self) -> tuple[str, str]:
        """Name and address as git can store them: no angle brackets or control characters, never empty."""
        email = _UNSAFE.sub("", self.email).strip(_EDGES).replace(" ", "") or "unknown@localhost"
        name = _UNSAFE.sub(" ", self.name).strip(_EDGES) or email.partition("@")[0] or "unknown"
        return name, email
