"""A JSON file as read from bytes: its text, its tree, its line numbers, and what is wrong with it."""

from __future__ import annotations

import re
from bisect import bisect_right
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterator

from designsystem import codes
from designsystem.jsontext.nodes import Node
from designsystem.jsontext.scanner import Fault, never, parse
from designsystem.problem import Problem, Severity

_LINE_END = re.compile(r"\r\n|\n|\r")


class JsonFile:
    """One file: ``text`` without a byte order mark, ``root`` where it could be read, and its ``problems``."""

    __slots__ = ("_line_starts", "bom", "path", "problems", "root", "text")

    def __init__(self, path: str, text: str, bom: bool, root: Node | None) -> None:
        self.path = path
        self.text = text
        self.bom = bom
        self.root = root
        self.problems: tuple[Problem, ...] = ()
        self._line_starts: list[int] | None = None

    @property
    def line_starts(self) -> list[int]:
        """The offset at which each line starts."""
        if self._line_starts is None:
            self._line_starts = [0, *self._lines_within(0, len(self.text))]
        return self._line_starts

    def _lines_within(self, start: int, stop: int) -> Iterator[int]:
        return (match.end() for match in _LINE_END.finditer(self.text, start, stop))

    def edited(self, text: str, root: Node, start: int, old_stop: int, new_stop: int) -> JsonFile:
        """This file with another text and tree, alike before ``start`` and after the stops, which part no line end."""
        new = JsonFile(self.path, text, False, root)
        starts, by = self.line_starts, new_stop - old_stop
        first, after = bisect_right(starts, start), bisect_right(starts, old_stop)
        within = list(new._lines_within(start, new_stop))
        if by == 0 and within == starts[first:after]:
            new._line_starts = starts
        else:
            rest = starts[after:] if by == 0 else [line + by for line in starts[after:]]
            new._line_starts = [*starts[:first], *within, *rest]
        return new

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1, in characters."""
        starts = self.line_starts
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def problem(
        self,
        code: str,
        offset: int,
        message: str,
        *,
        pointer: str = "",
        subject: str = "",
        severity: Severity = "error",
    ) -> Problem:
        """A problem that points at an offset of this file."""
        line, column = self.position(offset)
        return Problem(code, message, self.path, pointer, line, column, subject, severity)

    def encode(self, text: str) -> bytes:
        """A new text of this file as bytes, with the byte order mark that the file had."""
        return (BOM_UTF8 if self.bom else b"") + text.encode("utf-8")


def read_json(path: str, source: bytes, leaf: Callable[[str], bool] = never) -> JsonFile:
    """Reads a file; never raises for what is in it. See ``scanner.parse`` for ``leaf``."""
    bom = source.startswith(BOM_UTF8)
    try:
        text = source[3 if bom else 0 :].decode("utf-8")
    except UnicodeDecodeError as error:
        return _undecodable(path, source, error)
    root, faults = parse(text, leaf)
    file = JsonFile(path, text, bom, root)
    problems = [_problem(file, fault) for fault in faults]
    if bom:
        message = "the file starts with a byte order mark; save it as UTF-8 without one"
        problems.insert(0, file.problem(codes.BYTE_ORDER_MARK, 0, message, severity="warning"))
    file.problems = tuple(problems)
    return file


def _problem(file: JsonFile, fault: Fault) -> Problem:
    return file.problem(fault.code, fault.offset, fault.message)


def _undecodable(path: str, source: bytes, error: UnicodeDecodeError) -> JsonFile:
    readable = source[: error.start].decode("utf-8", "replace").removeprefix("\ufeff")
    file = JsonFile(path, readable, False, None)
    if source.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        message = "the file is UTF-16; save it as UTF-8"
    else:
        message = f"byte 0x{source[error.start]:02x} is not UTF-8 text here; save the file as UTF-8"
    file.problems = (file.problem(codes.NOT_UTF8, len(readable), message),)
    return file
