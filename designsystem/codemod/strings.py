"""Usages inside the strings of scripts and JSON: whole token paths, aliases in braces, and custom properties."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from designsystem.codemod.names import Names
from designsystem.codemod.usage import Usage, look_up

IDENTIFIER = r"(?:[0-9A-Za-z_-]|[^\x00-\x7f]|\\[0-9a-fA-F]{1,6}[ \t]?|\\[^\n0-9a-fA-F])++"
PROPERTY = re.compile(rf"(?<![\w.#\\-])--{IDENTIFIER}(?![#$@]\{{)")
"""A custom property; no BEM modifier (``block--big``), and no name that goes on with an interpolation."""

_ALIAS = re.compile(r"\{([^{}]+)\}")
_JSON = re.compile(r'//[^\n]*|/\*.*?(?:\*/|\Z)|"((?:\\.|[^"\\\n])*+)(?P<closed>"?)', re.DOTALL)


def edits_of_json(text: str, names: Names) -> Iterator[Usage]:
    """The usages in a JSON file, keys like values; comments, where a dialect has them, are left alone."""
    for match in _JSON.finditer(text):
        if match["closed"]:
            yield from edits_of_string(match[1], match.start(1), '"', names)


def edits_of_string(inner: str, start: int, quote: str, names: Names, *, paths: bool = True) -> Iterator[Usage]:
    """The usages in what stands between quotes; a path counts where it is the whole string and has a dot in it."""
    alias = _ALIAS.fullmatch(inner)
    path = alias[1] if alias is not None else inner
    if paths and "." in path:
        at = start + (1 if alias is not None else 0)
        for usage in look_up(names.paths, path, at, at + len(path)):
            yield usage if usage.new is None else replace(usage, new=escaped(usage.new, quote))
    yield from edits_of_properties(inner, start, names)


def edits_of_properties(text: str, start: int, names: Names) -> Iterator[Usage]:
    """The custom properties in a text."""
    for match in PROPERTY.finditer(text):
        yield from look_up(names.properties, match[0], start + match.start(), start + match.end())


def escaped(text: str, quote: str) -> str:
    """A name as it stands between these quotes."""
    return text.replace("\\", "\\\\").replace(quote, "\\" + quote)
