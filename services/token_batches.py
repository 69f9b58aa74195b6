"""Batches of token edits on a draft: in order, all or nothing, and neighbours that are independent in one pass."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from services import token_edits
from services.drafts import Draft
from services.errors import NotFound, TooLarge
from services.token_edits import Target

LONGEST = 30.0
"""Seconds that a batch may take: it holds up every other writer of its system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One step of a batch; ``target`` for all but create, ``path`` for create and rename."""

    op: Literal["create", "update", "delete", "rename"]
    target: Target | None = None
    path: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    file: str | None = None
    keep_alias: bool = False


def run(draft: Draft, operations: Sequence[Operation]) -> list[str]:
    """Carry out every step; the path of each step's token. Raises what the single edits raise, and TooLarge."""
    return _Batch(draft).run(operations)


class _Batch:
    """A file is written, and so read anew, only when a step depends on one before it or is of another kind."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._kind = ""
        self._waiting: dict[str, dict[str, Mapping[str, Any]]] = {}
        self._taken: set[str] = set()

    def run(self, operations: Sequence[Operation]) -> list[str]:
        steps: dict[str, Callable[[Operation], str]] = {
            "create": self._create,
            "update": self._update,
            "delete": self._delete,
            "rename": self._rename,
        }
        until = time.monotonic() + LONGEST
        paths = []
        for operation in operations:
            if operation.op != self._kind:
                self._write()
                self._kind = operation.op
            paths.append(steps[operation.op](operation))
            if time.monotonic() > until:
                raise TooLarge("This batch takes too long; send fewer operations at a time.")
        self._write()
        return paths

    def _create(self, operation: Operation) -> str:
        path = operation.path or ""
        if not self._taken.isdisjoint((path, *_groups_of(path))):
            self._write()
        file = token_edits.place_for(self._draft, path, operation.fields, operation.file)
        document = self._draft.document(file)
        standing = document.groups if document is not None else frozenset()
        self._wait(file, path, operation.fields)
        self._taken.update(group for group in _groups_of(path) if group not in standing)
        return path

    def _update(self, operation: Operation) -> str:
        token, changed = token_edits.differing(self._draft, _target_of(operation), operation.fields)
        if token.path in self._taken:
            self._write()
            token, changed = token_edits.differing(self._draft, _target_of(operation), operation.fields)
        self._wait(token.file, token.path, changed)
        return token.path

    def _delete(self, operation: Operation) -> str:
        token = token_edits.removable(self._draft, _target_of(operation))
        if token.path in self._taken:
            self._write()
            token = token_edits.removable(self._draft, _target_of(operation))
        for declared in self._draft.tokens.declarations(token.path):
            self._wait(declared.file, declared.path, {})
        return token.path

    def _rename(self, operation: Operation) -> str:
        path = operation.path or ""
        return token_edits.rename(self._draft, _target_of(operation), path, keep_alias=operation.keep_alias)

    def _wait(self, file: str, path: str, fields: Mapping[str, Any]) -> None:
        self._waiting.setdefault(file, {})[path] = fields
        self._taken.add(path)

    def _write(self) -> None:
        """Write what waits, which is all of one kind."""
        writers = {"create": token_edits.add_all, "update": token_edits.set_all, "delete": token_edits.delete_all}
        for file, tokens in self._waiting.items():
            writers[self._kind](self._draft, file, tokens)
        self._waiting, self._taken = {}, set()


def _target_of(operation: Operation) -> Target:
    if operation.target is None:
        raise NotFound("There is no such token.")
    return operation.target


def _groups_of(path: str) -> Iterator[str]:
    """``a.b.c`` → ``a.b``, ``a``."""
    while "." in path:
        path = path.rpartition(".")[0]
        yield path
