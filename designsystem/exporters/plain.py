"""Exports token files that are written plainly in one pass, in a fraction of the time that judging every fault takes.

Nothing is judged here. A file that keeps to the format in the usual way (the groups and names of most systems, whole
aliases, values of the usual shapes) is recognised and written as the formats' own modules would, byte by byte; at the
first thing that is not plain the answer is NotPlain, and the files go the whole way. So whatever is reported, is
reported there. The tests hold the two against each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from json import dumps, loads
from json.encoder import encode_basestring

from designsystem.exporters.kebab import kebab_word
from designsystem.exporters.plain_values import CONVERTERS, Answer, NotPlain, converted, members_in
from designsystem.exporters.text import comment_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FORMATS = ("css", "scss", "json")
"""What can be written this way."""

_EASY = re.compile(r"[a-z0-9_-]+")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_ -]+")
_LONGEST_NAME, _LONGEST_PATH, _DEEPEST = 255, 1024, 40
_BOM = b"\xef\xbb\xbf"
_OWN_KEY = "org.xtext.design-system"
_SUSPICIOUS = (" :", "\n:", "\t:", "\r:", "NaN", "Infinity", "\\ud", "\\uD")
"""What hides a key from :func:`plain_json`'s count, and what the decoder takes though it is no JSON."""


class Record:
    """One token as it stands in its file."""

    __slots__ = ("deprecated", "description", "group_type", "name", "own_type", "path", "value")

    def __init__(
        self, path: str, name: str, types: tuple[str | None, str | None], value: Any, said: tuple[Any, Any]
    ) -> None:
        self.path = path
        self.name = name
        self.own_type, self.group_type = types
        self.value = value
        self.description, self.deprecated = said


class Reading:
    """Reads files one after another; what it finds stands in its attributes."""

    def __init__(self, prefix: str) -> None:
        self.records: list[Record] = []
        self.by_path: dict[str, Record] = {}
        self.groups: set[str] = set()
        self._prefix = f"{kebab_word(prefix)}-" if prefix else ""
        self._names: dict[str, str] = {}
        self._members = 0

    def read(self, source: bytes) -> None:
        """Adds a file; raises NotPlain."""
        text, root = plain_json(source)
        self._members = 0
        self._group(root, "", self._prefix, None, None, 0)
        if self._members != text.count('":'):
            raise NotPlain  # a key stands twice, or something looks like a key

    def _group(
        self, node: dict[str, Any], before: str, name_before: str, type_: Any, deprecated: Any, depth: int
    ) -> None:
        self._members += len(node)
        if depth > _DEEPEST:
            raise NotPlain
        children = node
        if any(key[:1] == "$" for key in node):
            type_, deprecated = self._properties(node, before, type_, deprecated)
            children = {key: child for key, child in node.items() if key[:1] != "$"}
        names = self._names
        for key, child in children.items():
            if type(child) is not dict:
                raise NotPlain
            path = before + key
            name = name_before + (names.get(key) or self._named(key))
            if "$value" in child:
                self._token(child, path, name, type_, deprecated)
            else:
                self.groups.add(path)
                self._group(child, f"{path}.", f"{name}-", type_, deprecated, depth + 1)

    def _token(self, node: dict[str, Any], path: str, name: str, type_: Any, deprecated: Any) -> None:
        value, own, described = node["$value"], node.get("$type"), node.get("$description")
        if len(node) != 1 + (own is not None) + (described is not None):
            deprecated = self._unusual(node, deprecated)
        if own is not None and (type(own) is not str or own not in CONVERTERS):
            raise NotPlain
        if path in self.by_path or len(path) > _LONGEST_PATH or (described is not None and type(described) is not str):
            raise NotPlain
        self._members += len(node)
        if type(value) is dict or type(value) is list:
            self._members += members_in(value)
        record = Record(path, name, (own, type_), value, (described, deprecated))
        self.records.append(record)
        self.by_path[path] = record

    def _unusual(self, node: dict[str, Any], deprecated: Any) -> Any:
        """What a token says of its deprecation, where it has more properties than most."""
        for key, value in node.items():
            if value is None or key not in ("$value", "$type", "$description", "$deprecated", "$extensions"):
                raise NotPlain
        if "$extensions" in node:
            self._members += _members_of_extensions(node["$extensions"])
        return _deprecation(node["$deprecated"]) if "$deprecated" in node else deprecated

    def _properties(self, node: dict[str, Any], before: str, type_: Any, deprecated: Any) -> tuple[Any, Any]:
        """The type and the deprecation that a group hands down."""
        for key, value in node.items():
            if key == "$type":
                if type(value) is not str or value not in CONVERTERS:
                    raise NotPlain
                type_ = value
            elif key == "$description" or (key == "$schema" and not before):
                if type(value) is not str:
                    raise NotPlain
            elif key == "$deprecated":
                deprecated = _deprecation(value)
            elif key == "$extensions":
                self._members += _members_of_extensions(value)
            elif key[:1] == "$":
                raise NotPlain
        return type_, deprecated

    def _named(self, key: str) -> str:
        if len(key) > _LONGEST_NAME or not _PLAIN_NAME.fullmatch(key):
            raise NotPlain
        name = key if _EASY.fullmatch(key) else kebab_word(key)
        self._names[key] = name
        return name


class Plain:
    """Tokens that were read plainly, each with its value in every way of writing."""

    def __init__(self, reading: Reading) -> None:
        self._by_path = reading.by_path
        self._known: dict[str, Answer] = {}
        known = self._known
        self.tokens: list[tuple[Record, Answer]] = [
            (record, known.get(record.path) or self._answer(record)) for record in reading.records
        ]

    def _answer(self, record: Record) -> Answer:
        chain = [record]
        while (target := _target(chain[-1].value)) is not None and target not in self._known:
            following = self._by_path.get(target)
            if following is None or len(chain) > len(self._by_path):
                raise NotPlain  # to nowhere, or in a circle
            chain.append(following)
        found: Answer | None = None
        for each in reversed(chain):
            target = _target(each.value)
            if target is None:
                found = converted(each.own_type or each.group_type, each.value, self._look_up)
            else:
                found = self._known[target]
                if each.own_type is not None and each.own_type != found.type:
                    raise NotPlain
            self._known[each.path] = found
        return found  # type: ignore[return-value]

    def _look_up(self, path: str) -> Answer:
        found = self._known.get(path)
        if found is not None:
            return found
        record = self._by_path.get(path)
        if record is None:
            raise NotPlain
        del self._by_path[path]  # whoever comes here again runs in a circle
        found = self._answer(record)
        self._by_path[path] = record
        return found


def export_plain(
    files: Iterable[bytes], formats: Sequence[str], heading: Sequence[str], metadata: Mapping[str, str], prefix: str
) -> dict[str, str]:
    """The files, in the order of their paths, in each of these formats; raises NotPlain.

    ``heading`` is the comment at the head of a file, ``metadata`` the same for formats without comments.
    """
    reading = Reading(prefix)
    for source in files:
        reading.read(source)
    if not reading.groups.isdisjoint(reading.by_path):
        raise NotPlain
    tokens = Plain(reading).tokens
    names = [name for record, answer in tokens for name in _names(record, answer)]
    writers: dict[str, Callable[[], str]] = {
        "css": lambda: _css(tokens, names, heading),
        "scss": lambda: _scss(tokens, names, heading),
        "json": lambda: _json(tokens, metadata, prefix),
    }
    return {name: writers[name]() for name in formats}


def _names(record: Record, answer: Answer) -> Iterable[str]:
    if not answer.parts:
        return (record.name,)
    parts = (f"{record.name}-{part}" for part, _, _ in answer.parts)
    return (record.name, *parts)


def _css(tokens: Sequence[tuple[Record, Answer]], names: Sequence[str], heading: Sequence[str]) -> str:
    if len(set(names)) != len(names):
        raise NotPlain
    lines = ["/**", *(f" * {line}".rstrip() for line in heading), " */", "", ":root {"]
    add = lines.append
    for record, answer in tokens:
        if (record.description or record.deprecated) and (said := _notes(record)):
            add(f"  /* {' '.join(filter(None, said))} */")
        if answer.css is not None:
            add(f"  --{record.name}: {answer.css};")
        for part, text, _ in answer.parts:
            add(f"  --{record.name}-{part}: {text};")
    return "\n".join([*lines, "}", ""])


def _scss(tokens: Sequence[tuple[Record, Answer]], names: Sequence[str], heading: Sequence[str]) -> str:
    keys = {name.replace("_", "-") for name in names}
    if len(keys) != len(names) or "tokens" in keys or any(name[0] in "-0123456789" for name in names):
        raise NotPlain
    lines = [f"// {line}" for line in heading] + [""]
    add = lines.append
    said: list[str] = []
    for record, answer in tokens:
        if record.description or record.deprecated:
            lines.extend(f"/// {note}".rstrip() for note in _notes(record))
        if answer.css is not None:
            add(f"${record.name}: {answer.scss};")
            said.append(record.name)
        for part, _, text in answer.parts:
            add(f"${record.name}-{part}: {text};")
            said.append(f"{record.name}-{part}")
    lines += ["", "$tokens: ("]
    lines.extend([f'  "{name}": ${name},' for name in said])
    return "\n".join([*lines, ");", ""])


def _json(tokens: Sequence[tuple[Record, Answer]], metadata: Mapping[str, str], prefix: str) -> str:
    tree: dict[str, Any] = {}
    branches: dict[str, dict[str, Any]] = {"": tree}
    for record, answer in tokens:
        group, _, name = record.path.rpartition(".")
        branch = branches.get(group)
        if branch is None:
            branch = branches[group] = _branch(tree, group)
        branch[name] = answer
    head = f'{{\n  "$metadata": {_literal(metadata, "  ")}'
    lines = [head]
    _nested({prefix: tree} if prefix else tree, "  ", lines)
    return "".join([*lines, "\n}\n"])


def _branch(tree: dict[str, Any], path: str) -> dict[str, Any]:
    for name in path.split("."):
        tree = tree.setdefault(name, {})
    return tree


def _nested(branch: dict[str, Any], indent: str, lines: list[str]) -> None:
    """Every member after what stands before it, as ``json.dumps`` with an indent of 2 has it."""
    add, start = lines.append, f",\n{indent}"
    for name, found in branch.items():
        if type(found) is dict:
            add(f'{start}"{name}": {{')
            inner: list[str] = []
            _nested(found, f"{indent}  ", inner)
            if inner:
                inner[0] = inner[0][1:]
                lines += inner
                add(f"\n{indent}}}")
            else:
                add("}")
        else:
            data = found.data
            text = encode_basestring(data) if type(data) is str else _literal(data, indent)
            add(f'{start}"{name}": {text}')


def _literal(data: Any, indent: str) -> str:
    return dumps(data, ensure_ascii=False, indent=2).replace("\n", f"\n{indent}")


def _notes(record: Record) -> list[str]:
    text = record.description or ""
    lines = [text.strip()] if text.isascii() and text.isprintable() and "*/" not in text else comment_lines(text)
    lines = lines if any(lines) else []
    if record.deprecated:
        reason = record.deprecated if type(record.deprecated) is str else ""
        lines = [*lines, f"@deprecated {' '.join(comment_lines(reason))}".strip()]
    return lines


def plain_json(source: bytes) -> tuple[str, dict[str, Any]]:
    """A text and the object in it; raises NotPlain for what our own reader says something of.

    Keys that stand twice are for the caller to find: an object then has fewer members than the text has ``":``.
    """
    if source.startswith(_BOM):
        raise NotPlain
    try:
        text = source.decode("utf-8")
        root = loads(text)
    except (ValueError, RecursionError) as error:
        raise NotPlain from error
    if type(root) is not dict or any(part in text for part in _SUSPICIOUS):
        raise NotPlain
    return text, root


def _target(value: Any) -> str | None:
    """The token that a value is an alias of; raises NotPlain for what only looks like one."""
    if type(value) is not str or "{" not in value:
        return None
    path = value[1:-1]
    if value[0] != "{" or value[-1] != "}" or not path or "{" in path or "}" in path:
        raise NotPlain
    return path


def _deprecation(value: Any) -> Any:
    if type(value) is not str and type(value) is not bool:
        raise NotPlain
    return value


def _members_of_extensions(value: Any) -> int:
    if type(value) is not dict or _OWN_KEY in value:
        raise NotPlain
    return members_in(value)
