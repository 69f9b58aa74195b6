"""Token and group names, and the paths made of them (DTCG Format §5.1.1 and §6.2)."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile(r"[{}.\x00-\x1f\x7f\ud800-\udfff]")
_DIGITS = re.compile(r"(\d+)")
ROOT = "$root"
"""The name of a token that stands for its group itself."""

MAX_NAME = 255
MAX_PATH = 1024


def why_bad_name(name: str) -> str | None:
    """Why a token or group cannot carry this name, with what to do; None where it can."""
    if not name:
        return "a token or group needs a name; this key is empty"
    if name.startswith("$"):
        return f'"{name}" starts with $, which is kept for the format; drop the $'
    if len(name) > MAX_NAME:
        return f"this name has {len(name)} characters; use at most {MAX_NAME}"
    match = _FORBIDDEN.search(name)
    if match is None:
        return None
    if match[0] in "{}.":
        return f'"{name}" holds "{match[0]}", which aliases use; write "{name.replace(match[0], "-")}" instead'
    return f"this name holds the character U+{ord(match[0]):04X}; remove it"


def why_bad_path(path: str) -> str | None:
    """Why no token can stand at this dotted path; None where one can. The root token of a group is ``group.$root``."""
    if len(path) > MAX_PATH:
        return f"this path has {len(path)} characters; use at most {MAX_PATH}"
    names = path.split(".")
    if len(names) > 1 and names[-1] == ROOT:
        names.pop()
    return next((reason for reason in map(why_bad_name, names) if reason), None)


def natural_key(name: str) -> tuple[tuple[bool, int, str], ...]:
    """Sort key by which ``50`` comes before ``100``, and numbers before words."""
    parts = [part for part in _DIGITS.split(name) if part]
    return tuple((False, int(part), "") if part.isdecimal() else (True, 0, part) for part in parts)
