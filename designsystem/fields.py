"""Reads the fields of a JSON object, each of the kind it must be, and says where one is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from designsystem.jsontext.file import JsonFile
from designsystem.jsontext.nodes import Node, pointer
from designsystem.problem import Problem, Severity

T = TypeVar("T")

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_KINDS = {"object": "an object", "array": "an array", "string": "text", "number": "a number"}


class Fields:
    """The top-level fields of one file. One of the wrong kind reads as absent and leaves a problem with ``code``."""

    def __init__(self, file: JsonFile, code: str, subject: str = "") -> None:
        self.file = file
        self.code = code
        self.subject = subject
        self.problems: list[Problem] = list(file.problems)
        self.root = file.root if file.root is not None and file.root.kind == "object" else None
        if file.root is not None and self.root is None:
            self.report(file.root, (), f"the file holds {kind_of(file.root)}; it must hold an object {{ }}")

    def get(self, key: str) -> Node | None:
        """The value of a field; None where it is absent."""
        return self.root.get(key) if self.root else None

    def text(self, key: str, limit: int, *, lines: bool = False, empty: bool = True) -> str | None:
        """A field that must be text of at most ``limit`` characters, on one line unless ``lines``."""
        node = self._of_kind(key, "string")
        if node is None:
            return None
        text: str = node.value
        if len(text) > limit:
            self.report(node, (key,), f"{key} is longer than {limit} characters; shorten it")
            return None
        if _CONTROL.search(text) or (not lines and re.search(r"[\t\r\n\u2028\u2029]", text)):
            self.report(node, (key,), f"{key} holds a control character or line break; remove it")
            return None
        if not empty and not text.strip():
            self.report(node, (key,), f"{key} is empty; write one or remove the field")
            return None
        return text

    def flag(self, key: str, default: bool) -> bool:
        """A field that must be true or false."""
        node = self.get(key)
        if node is None or isinstance(node.value, bool):
            return default if node is None else bool(node.value)
        self.report(node, (key,), f"{key} is {kind_of(node)}; it must be true or false")
        return default

    def mapping(self, key: str) -> Node | None:
        """A field that must be an object."""
        return self._of_kind(key, "object")

    def report(
        self, node: Node, steps: tuple[str | int, ...], message: str, *, code: str = "", severity: Severity = "error"
    ) -> None:
        """Add a problem that points at a value."""
        where = pointer(steps)
        self.problems.append(
            self.file.problem(
                code or self.code, node.start, message, pointer=where, subject=self.subject, severity=severity
            )
        )

    def parsed(self, key: str, parse: Callable[[str], T], fault: str, code: str) -> T | None:
        """A field that must be text which ``parse`` takes without a ValueError."""
        node = self._of_kind(key, "string")
        if node is None:
            return None
        try:
            return parse(node.value)
        except ValueError:
            self.report(node, (key,), fault, code=code)
            return None

    def _of_kind(self, key: str, kind: str) -> Node | None:
        node = self.get(key)
        if node is None or node.kind == kind:
            return node
        self.report(node, (key,), f"{key} is {kind_of(node)}; it must be {_KINDS[kind]}")
        return None


def kind_of(node: Node) -> str:
    """What a value is, in words."""
    return node.raw if node.kind == "literal" else _KINDS[node.kind]
