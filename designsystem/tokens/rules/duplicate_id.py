"""No two tokens claim the same id (of this product: Format Module §5.2.3 leaves extensions to tools)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from designsystem import codes
from designsystem.problem import Problem
from designsystem.tokens.rules.scope import Scope, at_name
from designsystem.tokens.token import EXTENSION_KEY

CODES: Final = (codes.DUPLICATE_ID,)


def check(scope: Scope) -> Iterator[Problem]:
    """Tokens that carry an id which another had first, as happens when one is copied."""
    tokens, paths = scope.set, scope.paths
    holders: dict[UUID, list[str]] = {}
    for document in tokens.documents.values():
        for path, identifier in document.explicit_ids.items():
            if tokens.tokens[path].file == document.path:
                holders.setdefault(identifier, []).append(path)
    for held in holders.values():
        if len(held) > 1 and (paths is None or not paths.isdisjoint(held)):
            for path in held[1:]:
                message = f"{path} has the same id as {held[0]}; remove {EXTENSION_KEY} from the copy"
                yield at_name(tokens.tokens[path], codes.DUPLICATE_ID, message)
