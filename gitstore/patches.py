"""Patches: what differs between two texts, line by line, as git tells it."""

from __future__ import annotations

import re

import pygit2
from pygit2.enums import DiffOption

CONTEXT_LINES = 3
_BEGINNING = re.compile("^--- ", re.MULTILINE)


def unified(before: str | None, after: str | None, name: str) -> str:
    """The unified diff from one text to another, without git's own header; "" where they are the same.

    None is a file that is not there (``/dev/null``). What UTF-8 has no form for is shown as ``?``.
    """
    if before == after:
        return ""
    old, new = (None if text is None else text.encode("utf-8", "replace") for text in (before, after))
    patch = pygit2.Patch.create_from(
        old, new, old_as_path=name, new_as_path=name, context_lines=CONTEXT_LINES, flag=DiffOption.FORCE_TEXT
    )
    text = (patch.data or b"").decode("utf-8", "replace")
    begins = _BEGINNING.search(text)
    return text[begins.start() :] if begins else ""
