"""Usages in style sheets: custom properties, Sass and Less variables, and the maps that hold them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from designsystem.codemod.names import Names
from designsystem.codemod.strings import IDENTIFIER, PROPERTY
from designsystem.codemod.usage import Usage, look_up


class Dialect(Enum):
    """What a style sheet is written in; MARKUP is text around sheets and scripts, in which only properties count."""

    CSS = "css"
    SCSS = "scss"
    LESS = "less"
    MARKUP = "markup"


_COMMENT = r"/\*.*?(?:\*/|\Z)"
_LINE = r"|//[^\n]*"
_STRING = r""""(?:\\.|[^"\\\n])*+"|'(?:\\.|[^'\\\n])*+'"""
_BAD = r"""|"(?:\\.|[^"\\\n])*+|'(?:\\.|[^'\\\n])*+"""  # one that its line ends
_ADDRESS = r"""url\((?=[^"'#$@\s])[^)\n]*+\)?"""
_SCANS = {
    Dialect.CSS: re.compile(
        rf"(?P<skip>{_COMMENT}|{_ADDRESS}|{_STRING}{_BAD})|(?P<property>{PROPERTY.pattern})", re.DOTALL
    ),
    Dialect.SCSS: re.compile(
        rf"(?P<skip>{_COMMENT}|{_ADDRESS}{_LINE})|(?P<string>{_STRING}){_BAD}|(?P<property>(?<!\}}){PROPERTY.pattern})"
        rf"|\$(?P<variable>{IDENTIFIER})",
        re.DOTALL,
    ),
    Dialect.LESS: re.compile(
        rf"(?P<skip>{_COMMENT}|{_ADDRESS}{_LINE})|(?P<string>{_STRING}){_BAD}|(?P<property>(?<!\}}){PROPERTY.pattern})"
        rf"|@tokens\[\s*(?P<key>{IDENTIFIER})\s*\]|(?<!@)@\{{?(?P<variable>{IDENTIFIER})",
        re.DOTALL,
    ),
    Dialect.MARKUP: re.compile(rf"(?P<skip><!--.*?(?:-->|\Z))|(?P<property>{PROPERTY.pattern})", re.DOTALL),
}
_INTERPOLATED = {
    Dialect.SCSS: re.compile(r"#\{[^{}]*\}"),
    Dialect.LESS: re.compile(rf"@\{{{IDENTIFIER}\}}"),
}
_MAP_GET = re.compile(r"""map[.-]get\(\s*(?:[\w-]+\.)?\$tokens\s*,\s*$""")
_FAR = 120


def edits_of_sheet(text: str, names: Names, dialect: Dialect) -> Iterator[Usage]:
    """The usages in a sheet. Comments and addresses are left alone; of strings only what is interpolated in them, and
    the keys of the map ``$tokens``, are usages."""
    for match in _SCANS[dialect].finditer(text):
        found = match.groupdict()
        if found.get("property") is not None:
            yield from look_up(names.properties, match["property"], *match.span("property"))
        elif found.get("string") is not None:
            yield from _edits_of_string(text, *match.span("string"), names, dialect)
        elif dialect in (Dialect.SCSS, Dialect.LESS):
            for group in ("variable", "key"):
                if found.get(group) is not None:
                    yield from _variable(match[group], match.start(group), names, dialect)


def _variable(name: str, start: int, names: Names, dialect: Dialect) -> Iterator[Usage]:
    """Sass takes ``-`` and ``_`` for the same."""
    if dialect is Dialect.SCSS:
        yield from look_up(names.scss, name, start, start + len(name), key=name.replace("_", "-"))
    else:
        yield from look_up(names.less, name, start, start + len(name))


def _edits_of_string(text: str, start: int, end: int, names: Names, dialect: Dialect) -> Iterator[Usage]:
    inner = text[start + 1 : end - 1]
    if dialect is Dialect.SCSS and _MAP_GET.search(text[max(0, start - _FAR) : start]):
        yield from _variable(inner, start + 1, names, dialect)
    for part in _INTERPOLATED[dialect].finditer(inner):
        for usage in edits_of_sheet(part[0], names, dialect):
            yield usage.moved(start + 1 + part.start())
