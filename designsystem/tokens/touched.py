"""Which tokens and groups a change touches, and in which file: what is declared, neither resolved nor inherited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from designsystem.jsontext.nodes import Node
from designsystem.jsontext.values import equal
from designsystem.tokens.document import TokenDocument
from designsystem.tokens.set import TokenSet
from designsystem.tokens.token import Token

_OF_ITSELF = frozenset({"$schema", "$description", "$type", "$deprecated"})
"""What a group says of itself alone, or what the tokens below show themselves where it reaches them."""


def touched(before: TokenSet, after: TokenSet) -> dict[str, set[str]]:
    """The paths of tokens and groups that are touched, by file; for each file that is another, perhaps none.

    A token is touched where its value, type, description, deprecation or extensions differ, be it by what its group
    says, and where it comes or goes: also in the files whose declaration of it stands aside for a new one. A group
    (``""`` is the root) is touched where it says something else, and with its ``$extensions`` everything below.
    """
    found: dict[str, set[str]] = {}
    for file in after.changed_sources(before):
        old, new = before.sources.get(file), after.sources.get(file)
        mine = found.setdefault(file, set())
        mine.update(_groups(old, new))
        mine.update(_inherited(before.documents.get(file), after.documents.get(file)))
        for path in _tokens(old, new):
            mine.add(path)
            if old is None or path not in old.tokens:
                for shadowed in before.declarations(path):
                    found.setdefault(shadowed.file, set()).add(path)
    return found


def _tokens(old: TokenDocument | None, new: TokenDocument | None) -> Iterator[str]:
    was, now = old.tokens if old is not None else {}, new.tokens if new is not None else {}
    for path in was.keys() | now.keys():
        if not _alike(was.get(path), now.get(path)):
            yield path


def _inherited(old: TokenDocument | None, new: TokenDocument | None) -> Iterator[str]:
    """What a file's groups come to have, or have no more, because the file says otherwise what they extend."""
    was, now = _extensions(old), _extensions(new)
    for group in was.keys() | now.keys():
        if was.get(group) == now.get(group):
            continue
        for document in (old, new):
            if document is not None:
                yield from (path for path in document.inherited if not group or path.startswith(f"{group}."))


def _extensions(document: TokenDocument | None) -> dict[str, str]:
    return {each.path: each.target for each in document.extensions} if document is not None else {}


def _alike(a: Token | None, b: Token | None) -> bool:
    if a is None or b is None:
        return a is b
    return a is b or (
        a.type == b.type
        and a.description == b.description
        and equal(a.value, b.value)
        and equal(a.deprecated, b.deprecated)
        and equal(dict(a.extensions), dict(b.extensions))
    )


def _groups(old: TokenDocument | None, new: TokenDocument | None) -> Iterator[str]:
    was, now = _said(old), _said(new)
    changed = {path: _differing(was.get(path, {}), now.get(path, {})) for path in was.keys() | now.keys()}
    for group, members in changed.items():
        if members:
            yield group
        if members - _OF_ITSELF:
            for document in (old, new):
                if document is not None:
                    below = (*document.tokens, *document.groups)
                    yield from (path for path in below if not group or path.startswith(f"{group}."))


def _differing(was: Mapping[str, Any], now: Mapping[str, Any]) -> set[str]:
    return {key for key in was.keys() | now.keys() if key not in was or key not in now or not equal(was[key], now[key])}


def _said(document: TokenDocument | None) -> dict[str, dict[str, Any]]:
    """What each group of a file says of itself: its ``$`` members; what is neither group nor token counts as one."""
    found: dict[str, dict[str, Any]] = {}
    if document is not None and document.root is not None:
        _gather(document, document.root, "", found)
    return found


def _gather(document: TokenDocument, node: Node, path: str, found: dict[str, dict[str, Any]]) -> None:
    said: dict[str, Any] = {}
    for member in node.members:
        below = f"{path}.{member.key}" if path else member.key
        if member.key.startswith("$"):
            said[member.key] = member.node.value
        elif below in document.groups:
            _gather(document, member.node, below, found)
        elif below not in document.tokens:
            found[below] = {"": member.node.value}
    if said:
        found[path] = said
