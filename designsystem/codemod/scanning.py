"""A script cut into code, strings and templates, as far as usages of names need it; comments are left out."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Final, Literal

_NEXT: Final = re.compile(
    r"""//[^\n]*|/\*.*?(?:\*/|\Z)|"(?:\\.|[^"\\\n])*+"|'(?:\\.|[^'\\\n])*+'|\\["'\\]|[`{}/]""", re.DOTALL
)  # an escaped quote begins nothing: each would be looked for its partner to the end of the line
_TEMPLATE: Final = re.compile(r"(?:\\.|[^`\\$]|\$(?!\{))*+", re.DOTALL)
_REGEX: Final = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*+\]|[^/\\\[\n])++/[a-z]*")
_BEFORE_REGEX: Final = re.compile(r"(?:^|[=(,:\[!&|?{};+~^%<>-]|\b(?:return|typeof|case|of|in|void|yield|await))\s*$")
_FAR: Final = 40
_LONGEST_REGEX: Final = 500


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a script; a string's or template's positions are those of what stands between its quotes."""

    kind: Literal["code", "string", "template"]
    start: int
    end: int
    quote: str = ""


def pieces(text: str) -> Iterator[Piece]:
    """The parts in order. A quote without a partner in its line, as in the text of JSX, is part of the code."""
    open_braces: list[int] = []
    start = at = 0
    while (match := _NEXT.search(text, at)) is not None:
        found, at = match[0], match.end()
        if found == "{":
            _nest(open_braces, 1)
        elif found == "}" and open_braces and open_braces[-1] == 0:
            open_braces.pop()
            yield Piece("code", start, match.start())
            start = at = yield from _template(text, at, open_braces)
        elif found == "}":
            _nest(open_braces, -1)
        elif found == "`":
            yield Piece("code", start, match.start())
            start = at = yield from _template(text, at, open_braces)
        elif found[0] == "\\":
            continue
        elif found == "/":
            regex = _REGEX.match(text, match.start(), match.start() + _LONGEST_REGEX)
            if regex is not None and _BEFORE_REGEX.search(text[max(0, match.start() - _FAR) : match.start()]):
                yield Piece("code", start, match.start())
                start = at = regex.end()
        else:
            yield Piece("code", start, match.start())
            if found[0] in "\"'":
                yield Piece("string", match.start() + 1, match.end() - 1, found[0])
            start = at
    yield Piece("code", min(start, len(text)), len(text))


def _template(text: str, at: int, open_braces: list[int]) -> Generator[Piece, None, int]:
    """The text of a template up to its end or next substitution; returns where code goes on."""
    match = _TEMPLATE.match(text, at)
    end = match.end() if match is not None else at
    yield Piece("template", at, end, "`")
    if text.startswith("${", end):
        open_braces.append(0)
        return end + 2
    return end + 1


def _nest(open_braces: list[int], by: int) -> None:
    if open_braces:
        open_braces[-1] += by
