"""What a component may be called, and the directory that it then lives in."""

from __future__ import annotations

import re
import unicodedata

MAX_NAME = 100
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?|\.git.*|git~[0-9]+|node_modules", re.IGNORECASE)
_SEPARATORS = re.compile(r'[\\/:*?"<>|]')


class InvalidComponentName(ValueError):
    """The name cannot be a directory everywhere that a repository is checked out."""


def name_fault(name: str) -> str | None:
    """What is wrong with a component's name, in words that follow it; None when it can be used."""
    if not name.strip():
        return "is empty"
    if len(name) > MAX_NAME:
        return f"is longer than {MAX_NAME} characters"
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in name):
        return "holds a control or invisible character"
    if found := _SEPARATORS.search(name):
        return f"holds {found[0]!r}, which not every file system can"
    if name != name.strip() or name.startswith((".", "-", "!", "#")) or name.endswith("."):
        return "begins or ends with a character that file systems and git treat specially"
    return "is reserved" if _RESERVED.fullmatch(name) else None


def directory_name(name: str) -> str:
    """The directory for a component: ``Button`` stays, ``icon button`` becomes ``IconButton``.

    Raises InvalidComponentName.
    """
    normal = unicodedata.normalize("NFC", name).strip()
    if fault := name_fault(normal):
        raise InvalidComponentName(f"the component name {normal[:MAX_NAME]!r} {fault}")
    words = normal.split()
    directory = normal if len(words) == 1 else "".join(word[0].upper() + word[1:] for word in words)
    if _RESERVED.fullmatch(directory) or len(directory.encode()) > 200:
        raise InvalidComponentName(f"the component name {normal!r} is reserved or too long")
    return directory
