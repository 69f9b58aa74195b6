"""Names fit for a URL: derived from what people write, unique because the database says so, not because we looked."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator

from slugify import slugify

from services.errors import InvalidInput

MAX_LENGTH = 60
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_NUMBERED = 5
_RANDOM = 5


def slug_of(text: str, fallback: str) -> str:
    """Lower-case ASCII words joined by hyphens; ``fallback`` where nothing of the text is left."""
    return slugify(text, max_length=MAX_LENGTH, word_boundary=True) or fallback


def check_slug(slug: str, field: str = "slug") -> str:
    """The slug itself if it is one; raises InvalidInput naming the field otherwise."""
    if len(slug) > MAX_LENGTH or not _SLUG.match(slug):
        message = f"Use up to {MAX_LENGTH} lower-case letters and digits, in words joined by single hyphens."
        raise InvalidInput.of(field, "bad-slug", message)
    return slug


def candidates(base: str) -> Iterator[str]:
    """What to try one after the other until an insert meets no conflict: the base, a few numbered, a few random."""
    stem = base[: MAX_LENGTH - 9].rstrip("-")
    yield base
    yield from (f"{stem}-{number}" for number in range(2, 2 + _NUMBERED))
    yield from (f"{stem}-{secrets.token_hex(4)}" for _ in range(_RANDOM))
