"""SCSS: every token a variable, and all of them in the map ``$tokens``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from designsystem.exporters.declarations import declare
from designsystem.exporters.exported import Entry, Format, Header, Names
from designsystem.exporters.names import scss_name
from designsystem.exporters.text import css_string
from designsystem.problem import Problem

_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')
_CALL = re.compile(r"\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|cubic-bezier)\([\w\s.,%/+-]*\)")
_COMPUTED = re.compile(r"[/*+&=:()\[\]]|(?<![\w-])-(?![\w.])|%(?![\s,]|$)|\b(?:and|or|not|null|true|false|if)\b")


def render(entries: Sequence[Entry], header: Header, prefix: str) -> tuple[str, list[Problem]]:
    """The style sheet; Sass takes ``-`` and ``_`` in names for the same, and so does the collision check."""
    names = Names(reserved=["tokens"], key=lambda name: name.replace("_", "-"))
    declarations, problems = declare(entries, lambda path: scss_name(path, prefix), names)
    lines = [f"// {line}" for line in header.lines()] + [""]
    for declaration in declarations:
        notes = declaration.entry.notes() if declaration.entry else []
        lines.extend(f"/// {note}".rstrip() for note in notes)
        lines.append(f"${declaration.name}: {_literal(declaration.text)};")
    lines += ["", "$tokens: ("]
    lines.extend(f"  {css_string(_plain(item.name))}: ${item.name}," for item in declarations)
    return "\n".join([*lines, ");", ""]), problems


def _literal(text: str) -> str:
    """A value that Sass leaves alone: interpolated where it would compute (``16px/1.5`` divides, ``(a: b)`` maps)."""
    bare = _CALL.sub("", _STRINGS.sub("", text))
    return f"#{{{css_string(text)}}}" if _COMPUTED.search(bare) else text


def _plain(name: str) -> str:
    """The name that a variable's escapes stand for, as key of the map."""
    return re.sub(r"\\(?:([0-9a-f]+) |(.))", lambda m: chr(int(m[1], 16)) if m[1] else m[2], name)


FORMAT = Format("scss", "text/x-scss", "scss", render)
