"""Usages in scripts: imported constants, members of the tree ``tokens``, token paths as strings, custom properties."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from designsystem.codemod.imports import NAME, Imports, Spans, imports_of
from designsystem.codemod.names import Names, Table
from designsystem.codemod.scanning import Piece, pieces
from designsystem.codemod.strings import edits_of_properties, edits_of_string
from designsystem.codemod.usage import Usage, look_up

_IDENTIFIER: Final = re.compile(rf"(?<![\w$\u0080-\uffff#]){NAME}")
_STEP: Final = re.compile(
    rf"""\s*+(?:(?P<dot>\??\.)\s*+(?P<name>{NAME})"""
    r"""|(?:\?\.)?\[\s*+(?:(?P<quote>["'])(?P<text>(?:\\.|[^"'\\\n])*+)(?P=quote)|(?P<digits>\d++))\s*+\])"""
)
_PLAIN: Final = re.compile(rf"{NAME}\Z")
_SPECIFIER: Final = re.compile(r"(?:\bfrom|\bimport|\b(?:import|require)\s*\()\s*$")
_BEFORE_OBJECT: Final = re.compile(
    r"(?:(?<![=!<>])=\s+|(?<![\w\"'])=|[(,:\[?{]|&&|\|\||\b(?:return|default|const|let|var|yield|await|of|in)\b)\s*$"
)
"""What stands before the brace of an object, and not before that of a template (``${``), a JSX attribute (``a={``),
text of JSX or a block."""

_AFTER_JSX: Final = frozenset("</>")
_FAR: Final = 80


def edits_of_script(text: str, names: Names, path: str, modules: frozenset[str] = frozenset()) -> Iterator[Usage]:
    """The usages in a script. Comments, regular expressions and what modules are called are left alone."""
    yield from _Script(text, names, path, modules).usages()


class _Script:
    def __init__(self, text: str, names: Names, path: str, modules: frozenset[str]) -> None:
        self.text, self.names, self.path, self.modules = text, names, path, modules
        self.pieces = list(pieces(text))

    def usages(self) -> Iterator[Usage]:
        """All of them; a string that is a step of a member chain is not looked at again."""
        chains: set[int] = set()
        yield from self.imports.usages
        for piece in self.pieces:
            if piece.kind == "code":
                for usage in self._in_code(piece):
                    chains.update(self._strings_in(usage))
                    yield usage
        for piece in self.pieces:
            if piece.kind == "string" and piece.start not in chains:
                is_module = _SPECIFIER.search(self.text[max(0, piece.start - 1 - _FAR) : piece.start - 1]) is not None
                yield from self._in_string(piece, paths=not is_module)
            elif piece.kind == "template":
                yield from self._in_template(piece)

    def _strings_in(self, usage: Usage) -> Iterator[int]:
        """Where the strings begin that are steps of a member chain."""
        for index in range(bisect_left(self._strings, usage.start), len(self._strings)):
            if self._strings[index] >= usage.end:
                return
            yield self._strings[index]

    @cached_property
    def _strings(self) -> list[int]:
        return [piece.start for piece in self.pieces if piece.kind == "string"]

    @cached_property
    def _deepest(self) -> int:
        paths = (*self.names.paths.renamed, *self.names.paths.gone)
        return max((path.count(".") + 1 for path in paths), default=0)

    @cached_property
    def imports(self) -> Imports:
        """What the script imports; only constants of more than one word, as others are called so by chance too."""
        constants = self.names.constants
        if not self.modules:
            constants = Table(
                {old: new for old, new in constants.renamed.items() if _has_words(old)},
                frozenset(old for old in constants.gone if _has_words(old)),
            )
        code = Spans([(piece.start, piece.end) for piece in self.pieces if piece.kind == "code"])
        return imports_of(self.text, self.path, constants, self.modules, code)

    def _in_string(self, piece: Piece, *, paths: bool) -> Iterator[Usage]:
        inner = self.text[piece.start : piece.end]
        return edits_of_string(inner, piece.start, piece.quote, self.names, paths=paths)

    def _in_template(self, piece: Piece) -> Iterator[Usage]:
        inner = self.text[piece.start : piece.end]
        whole = self.text[piece.start - 1 : piece.start] == "`" == self.text[piece.end : piece.end + 1]
        if whole:
            return edits_of_string(inner, piece.start, "`", self.names)
        return edits_of_properties(inner, piece.start, self.names)

    def _in_code(self, piece: Piece) -> Iterator[Usage]:
        for match in _IDENTIFIER.finditer(self.text, piece.start, piece.end):
            if match.start() in self.imports.spans:
                continue
            name, owner = match[0], self._owner(match.start())
            if (owner is None and name in self.imports.trees) or (owner in self.imports.spaces and name == "tokens"):
                yield from self._chain(match.end())
            elif owner is None and name in self.imports.constants:
                yield from self._constant(match, self.imports.constants[name])
            elif owner is None and name in self.imports.gone and not self._is_key(match):
                yield Usage(match.start(), match.end(), name, None)
            elif owner is not None and owner in self.imports.spaces:
                yield from look_up(self.names.constants, name, match.start(), match.end())

    def _owner(self, at: int) -> str | None:
        """The name before the dot before a position: ``""`` where that is no name; None where there is no dot."""
        before = self.text[max(0, at - _FAR) : at].rstrip()
        if not before.endswith(".") or before.endswith("..."):
            return None
        found = re.search(rf"(?<![\w$.]){NAME}$", before.removesuffix(".").removesuffix("?").rstrip())
        return found[0] if found is not None else ""

    def _constant(self, match: re.Match[str], new: str) -> Iterator[Usage]:
        if self._is_key(match):
            return
        before, after = self._around(match)
        if before in ("{", ",") and after in (",", "}") and (brace := self._brace(match.start())) is not None:
            ahead = self.text[max(0, brace - _FAR) : brace]
            if re.search(r"\bexport\s*$", ahead) is not None:
                new = f"{new} as {match[0]}"
            elif self._is_object(ahead, before == "{" and after == "}", match.end()):
                new = f"{match[0]}: {new}"
        yield Usage(match.start(), match.end(), match[0], new)

    def _is_object(self, ahead: str, alone: bool, at: int) -> bool:
        """Whether braces are an object's, by what stands before them; a name alone in them may be a part of JSX, then
        what comes after them counts, too."""
        if not alone:
            return not ahead.endswith("$")
        behind = self.text[at : at + _FAR].lstrip().removeprefix("}").lstrip()
        return _BEFORE_OBJECT.search(ahead) is not None and behind[:1] not in _AFTER_JSX

    def _is_key(self, match: re.Match[str]) -> bool:
        before, after = self._around(match)
        return before in ("{", ",") and after == ":"

    def _around(self, match: re.Match[str]) -> tuple[str, str]:
        before = self.text[max(0, match.start() - _FAR) : match.start()].rstrip()[-1:]
        return before, self.text[match.end() : match.end() + _FAR].lstrip()[:1]

    def _brace(self, at: int) -> int | None:
        """Where the innermost bracket that is open at a position stands, if it is a brace."""
        depth = 0
        for index in reversed(self._brackets[bisect_left(self._brackets, at - 5000) : bisect_left(self._brackets, at)]):
            character = self.text[index]
            if character in ")]}":
                depth += 1
            elif depth == 0:
                return index if character == "{" else None
            else:
                depth -= 1
        return None

    @cached_property
    def _brackets(self) -> list[int]:
        return [match.start() for match in re.finditer(r"[()\[\]{}]", self.text)]

    def _chain(self, at: int) -> Iterator[Usage]:
        """The members that follow the tree: as many of them as are the path of a token that was renamed."""
        ends: list[int] = []
        segments: list[str] = []
        found: tuple[int, str] | None = None
        while len(ends) < self._deepest and (step := _STEP.match(self.text, ends[-1] if ends else at)) is not None:
            segments.append(step["name"] or step["digits"] or re.sub(r"\\(.)", r"\1", step["text"] or ""))
            ends.append(step.end())
            path = ".".join(segments)
            if path in self.names.paths.renamed or path in self.names.paths.gone:
                found = step.end(), path
        if found is not None:
            end, path = found
            new = self.names.paths.renamed.get(path)
            yield Usage(at, end, self.text[at:end], None if new is None else _members(new, self.text[at:end]))


def _members(path: str, old: str) -> str:
    """A path as members, its quotes and question marks as they were."""
    quote = "'" if "'" in old else '"'
    optional = "?." if "?." in old else ""
    steps = []
    for segment in path.split("."):
        if _PLAIN.match(segment):
            steps.append(f"{optional or '.'}{segment}")
        else:
            text = json.dumps(segment, ensure_ascii=False)[1:-1]
            inner = text.replace('\\"', '"').replace("'", "\\'") if quote == "'" else text
            steps.append(f"{optional}[{quote}{inner}{quote}]")
    return "".join(steps)


def _has_words(name: str) -> bool:
    return re.search(r"[a-z_$\d][A-Z\d]", name) is not None
