"""Gives the documents of a set what their groups inherit from one another (DTCG Format §6.4)."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from designsystem.jsontext.nodes import Node
from designsystem.tokens.document import TokenDocument, with_inherited
from designsystem.tokens.groups import Extension, Groups


@dataclass(frozen=True, slots=True)
class Inherited:
    """A document with what it inherits, and all that this was worked out from."""

    source: TokenDocument
    effective: TokenDocument
    sources: Mapping[str, TokenDocument]
    asked: frozenset[str]
    looked_up: Mapping[str, bool]
    ignored: object

    def holds(self, sources: Mapping[str, TokenDocument], changed: Iterable[str], groups: Groups) -> bool:
        """Whether the same would come out among these documents; ``changed`` are those that are new."""
        return (
            self.ignored == groups.ignored
            and all(sources.get(path) is document for path, document in self.sources.items())
            and all(groups.is_declared(path) is answer for path, answer in self.looked_up.items())
            and all(self.asked.isdisjoint(sources[path].groups) for path in changed if path not in self.sources)
        )


def inherit(
    sources: Mapping[str, TokenDocument], declared: Container[str], known: Mapping[str, Inherited]
) -> dict[str, Inherited]:
    """For every document that extends groups (or refers to what may be one), how it stands within the set.

    ``sources`` in the order in which they count; ``known`` is the answer for another set.
    """
    unsettled = [document for document in sources.values() if not document.is_settled]
    if not unsettled:
        return {}
    roots: dict[str, Node] = {path: document.root for path, document in sources.items() if document.root is not None}
    extensions: list[Extension] = [extension for document in unsettled for extension in document.extensions]
    before = {path: document for entry in known.values() for path, document in entry.sources.items()}
    changed = [path for path, document in sources.items() if before.get(path) is not document]
    found: dict[str, Inherited] = {}
    for document in unsettled:
        groups = Groups(roots, extensions, declared)
        entry = known.get(document.path)
        if entry is None or entry.source is not document or not entry.holds(sources, changed, groups):
            groups = Groups(roots, extensions, declared)
            entry = _inherited(document, sources, groups)
        found[document.path] = entry
    return found


def _inherited(document: TokenDocument, sources: Mapping[str, TokenDocument], groups: Groups) -> Inherited:
    effective = with_inherited(document, groups)
    used = {path: sources[path] for path in groups.files}
    return Inherited(document, effective, used, frozenset(groups.asked), dict(groups.looked_up), groups.ignored)
