"""Which objects make up a group once every ``$extends`` is followed (DTCG Format §6.4)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import NamedTuple

from designsystem.jsontext.nodes import Node
from designsystem.tokens.aliases import alias_of
from designsystem.tokens.pointers import REF, BadPointer, parse_pointer

EXTENDS = "$extends"
MOST_LINKS = 32
"""How many extensions may follow one upon another."""


class Layer(NamedTuple):
    """An object that contributes to a group, from whichever file; ``type`` is what the groups around it say."""

    node: Node
    type: str | None
    file: str


class Extension(NamedTuple):
    """That the group at ``path`` of one file extends the group at ``target``; ``offset`` is where it says so, and
    ``start`` where the group's object stands."""

    path: str
    target: str
    offset: int
    file: str
    start: int


def group_target(text: str) -> str:
    """The group that a ``$extends`` (or a group's ``$ref``) names, in either syntax; raises BadPointer."""
    path = alias_of(text)
    if path is not None:
        return path
    if text.startswith("{"):
        raise BadPointer(f'"{text[:80]}" names no group; write "{{group}}" or "#/group"')
    target = parse_pointer(text)
    if target.steps or "$value" in text:
        raise BadPointer(f'"{text[:80]}" leads into a token; a group extends a group, such as "{{group}}"')
    return target.path


def extension_of(node: Node) -> str | None:
    """The group that an object says it extends; None where it says nothing that can be read."""
    stated = node.get(EXTENDS) or node.get(REF)
    text = stated.value if stated is not None else None
    try:
        return group_target(text) if isinstance(text, str) else None
    except BadPointer:
        return None


def is_group_node(node: Node | None) -> bool:
    """Whether an object is a group as far as it shows itself: a lone ``$ref`` is taken for a token."""
    if node is None or node.kind != "object" or node.get("$value") is not None:
        return False
    return node.get(REF) is None or any(not member.key.startswith("$") for member in node.members)


class Groups:
    """The groups of a set of files, their extensions followed. Cost follows the groups asked for."""

    def __init__(self, roots: Mapping[str, Node], extensions: Iterable[Extension], declared: Container[str]) -> None:
        """``roots`` by file in the order in which they count (the last one most); ``declared``: every token's path."""
        self._roots = [Layer(roots[path], None, path) for path in reversed(list(roots))]
        self._declared = declared
        self._known: dict[str, tuple[Layer, ...]] = {}
        extensions = list(extensions)
        self.circular, self.too_long = _faults(extensions)
        # by where they are stated: an object keeps its extension wherever it is inherited to
        self._ignored = {
            (each.file, each.start) for each in extensions if each.path in self.circular or each.path in self.too_long
        }
        self.files: set[str] = set()
        """The files that gave an answer, and what was asked for: by these it is known when an answer still holds."""
        self.asked: set[str] = set()
        self.looked_up: dict[str, bool] = {}

    @property
    def ignored(self) -> object:
        """The extensions that are not followed; to be compared."""
        return self.circular, self.too_long

    def layers(self, path: str) -> tuple[Layer, ...]:
        """The objects that make up a group, those that override first."""
        found = self._layers(path)
        self.files.update(layer.file for layer in found)
        return found

    def root(self, file: str) -> Node | None:
        """The whole of a file."""
        return next((layer.node for layer in self._roots if layer.file == file), None)

    def is_group(self, path: str) -> bool:
        """Whether any file has a group at that path, stated or inherited."""
        return bool(self.layers(path))

    def is_declared(self, path: str) -> bool:
        """Whether a file states a token at that path, which then counts more than an inherited one."""
        answer = self.looked_up[path] = path in self._declared
        return answer

    def extended(self, node: Node, file: str) -> tuple[Layer, ...]:
        """What the group whose object this is inherits through its own extension."""
        target = None if (file, node.start) in self._ignored else extension_of(node)
        return self.layers(target) if target is not None else ()

    def below(self, layers: Iterable[Layer], name: str) -> tuple[Layer, ...]:
        """The layers of the group of that name inside a group that has these, each once: ways that part and meet again
        would else double them with every step."""
        return distinct(self._below(layers, name))

    def _below(self, layers: Iterable[Layer], name: str) -> Iterator[Layer]:
        for layer in layers:
            child = layer.node.get(name)
            if child is not None and is_group_node(child):
                stated = layer.node.get("$type")
                around = stated.value if stated is not None and isinstance(stated.value, str) else layer.type
                yield Layer(child, around, layer.file)
                yield from self.extended(child, layer.file)

    def _layers(self, path: str) -> tuple[Layer, ...]:
        if not path:
            return tuple(self._roots)
        known = self._known.get(path)
        if known is None:
            self.asked.add(path)  # with every group around it: one that extends may bring this one along
            self._known[path] = ()  # met again while open: a circle, which ``circular`` reports
            group, _, name = path.rpartition(".")
            known = self._known[path] = self.below(self._layers(group), name)
        return known


def distinct(layers: Iterable[Layer]) -> tuple[Layer, ...]:
    """Each object once, where it overrides most."""
    found: dict[tuple[str, int], Layer] = {}
    for layer in layers:
        found.setdefault((layer.file, layer.node.start), layer)
    return tuple(found.values())


def _faults(extensions: Iterable[Extension]) -> tuple[dict[str, list[str]], frozenset[str]]:
    """For each group whose extension leads back to itself, the circle in the order followed; and the groups whose
    extensions lead further than anybody could follow.

    What a group inherits depends on every extension inside its target and on those of the groups around it.
    """
    targets: dict[str, list[str]] = {}
    for extension in extensions:
        targets.setdefault(extension.path, []).append(extension.target)
    ordered = sorted(targets)
    needs = {
        path: list(dict.fromkeys(need for target in stated for need in _needed(target, targets, ordered)))
        for path, stated in targets.items()
    }
    found: dict[str, list[str]] = {}
    for path in ordered:
        circle = _way_back(path, needs)
        if circle:
            found[path] = circle
    lengths: dict[str, int] = {}
    for path in ordered:
        _measure(path, needs, found, lengths)
    return found, frozenset(path for path, length in lengths.items() if length > MOST_LINKS)


def _measure(start: str, needs: Mapping[str, list[str]], circular: Container[str], lengths: dict[str, int]) -> None:
    """How many extensions follow one upon another from here at most; depth first, with a stack of its own."""
    stack = [start]
    while stack:
        path = stack[-1]
        following = [need for need in needs[path] if need not in circular]
        unknown = [need for need in following if need not in lengths]
        if path in lengths or path in circular:
            stack.pop()
        elif unknown:
            stack.extend(unknown)
        else:
            lengths[path] = 1 + max((lengths[need] for need in following), default=0)
            stack.pop()


def _needed(target: str, targets: Container[str], ordered: list[str]) -> Iterator[str]:
    names = target.split(".")
    for length in range(len(names)):
        around = ".".join(names[:length])
        if around in targets:
            yield around
    start = bisect_left(ordered, target)
    for path in ordered[start:]:
        if path != target and not path.startswith(f"{target}."):
            if not path.startswith(target):
                break
            continue
        yield path


def _way_back(start: str, needs: Mapping[str, list[str]]) -> list[str]:
    """The shortest way from a group along what it needs back to itself; empty where there is none."""
    came: dict[str, str] = {}
    waiting = [start]
    for path in waiting:
        for following in needs[path]:
            if following == start:
                way = [path]
                while way[-1] != start:
                    way.append(came[way[-1]])
                return way[::-1]
            if following not in came:
                came[following] = path
                waiting.append(following)
    return []
