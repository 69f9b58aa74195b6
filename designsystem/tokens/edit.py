"""Edits of a token file in place: order, indentation, line ends and everything not spoken of stay byte for byte.

Each function returns the new source; the document that was given stays as it is. What an edit leads to (broken
aliases, wrong shapes) is found by parsing and checking the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any
from uuid import UUID

from designsystem.jsontext.file import JsonFile, read_json
from designsystem.jsontext.nodes import Node
from designsystem.jsontext.scanner import parse
from designsystem.jsontext.splices import (
    Splice,
    apply,
    change_members,
    insert_member,
    insert_raw_member,
    nest_value,
)
from designsystem.jsontext.style import DEFAULT, Style, detect_file, detect_node, line_indent, write
from designsystem.jsontext.values import why_not_json
from designsystem.tokens.aliases import alias_of
from designsystem.tokens.document import TokenDocument, parse_document
from designsystem.tokens.names import natural_key, why_bad_path
from designsystem.tokens.token import EXTENSION_KEY, Token

_KEYS = {
    "type": "$type",
    "value": "$value",
    "description": "$description",
    "deprecated": "$deprecated",
    "extensions": "$extensions",
}


class EditError(Exception):
    """An edit that cannot be made."""


class NotEditable(EditError):
    """The file is not a JSON object, so nothing in it can be edited in place."""

    def __init__(self, document: TokenDocument) -> None:
        super().__init__(f"{document.path} cannot be edited: {document.problems[0].message}")


class TokenMissing(EditError):
    """The document has no token at this path."""

    def __init__(self, path: str) -> None:
        super().__init__(f"there is no token {path} in this file")


class PathTaken(EditError):
    """A token or group already stands at this path, or a token stands where a group is needed."""

    def __init__(self, path: str, by: str, what: str) -> None:
        super().__init__(f"{path} cannot be added: {by} is a {what} already")


class BadPath(EditError):
    """No token can stand at this path."""


class BadField(EditError):
    """A field that tokens do not have, or a value that JSON cannot hold."""


def set_token(document: TokenDocument, path: str, fields: Mapping[str, Any]) -> bytes:
    """Sets fields of a token: ``value``, ``type``, ``description``, ``deprecated``, ``extensions``; None removes one.

    Our own entry under ``$extensions`` (the token's id) outlives whatever ``extensions`` says.
    """
    return set_tokens(document, {path: fields})


def set_tokens(document: TokenDocument, fields_by_path: Mapping[str, Mapping[str, Any]]) -> bytes:
    """Like :func:`set_token` for several tokens at the price of one."""
    style = detect_file(document.file.text)
    splices: list[Splice] = []
    for path, fields in fields_by_path.items():
        splices += _setting(document, path, fields, style)
    return _result(document, splices)


def add_token(document: TokenDocument | None, path: str, fields: Mapping[str, Any]) -> bytes:
    """Adds a token beside its siblings, with the groups that it needs; None for a new file."""
    properties = _stated(path, fields)
    if document is None:
        return f"{write(_nested(path.split('.'), properties), DEFAULT)}\n".encode()
    return _result(document, [_adding(document, *_deepest_group(_editable(document), path), path, properties)])


def add_tokens(document: TokenDocument, fields_by_path: Mapping[str, Mapping[str, Any]]) -> bytes:
    """Like :func:`add_token` for several tokens, one after the other, at the price of few."""
    splices: list[Splice] = []
    places: set[tuple[int, str]] = set()
    for path, fields in fields_by_path.items():
        group, rest = _new_place(document, path)
        if (group.start, rest[0]) in places or (splices and not group.members):
            # what was added before makes the place of this one: it has to be read anew
            document, splices, places = parse_document(document.path, _result(document, splices)), [], set()
            group, rest = _new_place(document, path)
        splices.append(_adding(document, group, rest, path, _stated(path, fields)))
        places.add((group.start, rest[0]))
    return _result(document, splices)


def delete_token(document: TokenDocument, path: str) -> bytes:
    """Removes a token, and the groups that this leaves with nothing in them."""
    return delete_tokens(document, [path])


def delete_tokens(document: TokenDocument, paths: Iterable[str]) -> bytes:
    """Like :func:`delete_token` for several tokens at the price of one."""
    removed: dict[str, set[str]] = {}
    for path in paths:
        root, _ = _located(document, path)
        group, _, name = path.rpartition(".")
        removed.setdefault(group, set()).add(name)
        while group and len(_node(root, group).members) == len(removed[group]):
            del removed[group]
            group, _, name = group.rpartition(".")
            removed.setdefault(group, set()).add(name)
    splices: list[Splice] = []
    for group, names in removed.items():
        node = _node(_editable(document), group) if group else _editable(document)
        splices += change_members(node, {}, names, DEFAULT)
    return _result(document, splices)


def rename_token(
    document: TokenDocument,
    old: str,
    new: str,
    *,
    id: UUID | None,  # noqa: A002
    keep_alias: bool,
) -> bytes:
    """Moves a token to another path of the same file. Aliases to it are rewritten by :func:`rewrite_aliases`.

    ``id`` is written into its ``$extensions`` so that the token stays the same one. Type and deprecation that it
    had from its groups go with it. ``keep_alias`` leaves a deprecated alias at the old path.
    """
    _check_path(new)
    root, token = _located(document, old)
    if old == new:
        return document.source
    style = detect_file(document.file.text)
    additions = _carried(root, document, token, new, id)
    group, name = old.rpartition(".")[0], new.rpartition(".")[2]
    if not keep_alias and new.rpartition(".")[0] == group:
        return _renamed_in_place(document, root, old, name, additions, style)
    node = _node(root, old)
    moved = _with(node, additions, style)
    if new.startswith(f"{old}.") and not keep_alias:
        return _result(document, [nest_value(node, new.removeprefix(f"{old}.").split("."), moved, style)])
    target, rest = _deepest_group(root, new)
    index = _place_for(target, rest[0])
    if target.members:
        insertion = insert_raw_member(target, index, rest, moved, style)
    else:
        insertion = insert_member(target, index, rest[0], _nested(rest[1:], moved.value), style)
    return _with_old_settled(document, apply(node.text, [insertion]), old, new, keep_alias, style)


def rewrite_aliases(document: TokenDocument, renamed: Mapping[str, str]) -> bytes:
    """Points every alias to one of the old paths at the new one."""
    root = _editable(document)
    splices: list[Splice] = []
    for path, references in document.references.items():
        for reference in references:
            if reference.path in renamed:
                value = _node(root, path).get("$value")
                place = value.at(reference.at) if value else None
                if place is not None:
                    splices.append(Splice(place.start, place.end, write(f"{{{renamed[reference.path]}}}", DEFAULT)))
    return _result(document, splices)


def _result(document: TokenDocument, splices: list[Splice]) -> bytes:
    if not splices:
        return document.source
    return document.file.encode(apply(document.file.text, splices))


def _editable(document: TokenDocument) -> Node:
    root = document.root
    if root is None or root.kind != "object":
        raise NotEditable(document)
    return root


def _located(document: TokenDocument, path: str) -> tuple[Node, Token]:
    root = _editable(document)
    token = document.tokens.get(path)
    if token is None:
        raise TokenMissing(path)
    return root, token


def _node(root: Node, path: str) -> Node:
    node = root.at(path.split("."))
    if node is None:
        raise TokenMissing(path)
    return node


def _check_path(path: str) -> None:
    reason = why_bad_path(path)
    if reason is not None:
        raise BadPath(reason)


def _properties(fields: Mapping[str, Any], token: Token | None) -> dict[str, Any]:
    """Fields under their keys in the file, in the order in which we write them."""
    unknown = fields.keys() - _KEYS.keys()
    if unknown:
        raise BadField(f"a token has no {', '.join(sorted(unknown))}; it has {', '.join(_KEYS)}")
    for name, value in fields.items():
        reason = why_not_json(value)
        if reason is not None:
            raise BadField(f"{name} cannot be written: {reason}")
    properties = {key: fields[name] for name, key in _KEYS.items() if name in fields}
    mine = token.extensions.get(EXTENSION_KEY) if token else None
    if mine is not None and "$extensions" in properties:
        properties["$extensions"] = {EXTENSION_KEY: mine, **(properties["$extensions"] or {})}
    return properties


def _setting(document: TokenDocument, path: str, fields: Mapping[str, Any], style: Style) -> list[Splice]:
    root, token = _located(document, path)
    node = _node(root, path)
    properties = _properties(fields, token)
    if properties.get("$value", 0) is None:
        raise BadField(f"{path} needs a value; delete the token to remove it")
    changes = {key: value for key, value in properties.items() if value is not None}
    removed = [key for key, value in properties.items() if value is None]
    return change_members(node, changes, removed, detect_node(node, style))


def _stated(path: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of a new token."""
    _check_path(path)
    properties = {key: value for key, value in _properties(fields, None).items() if value is not None}
    if "$value" not in properties:
        raise BadField(f"{path} needs a value")
    return properties


def _adding(document: TokenDocument, group: Node, rest: list[str], path: str, properties: dict[str, Any]) -> Splice:
    if properties.get("$type") == _inherited(_editable(document), path, "$type") and (
        alias_of(properties["$value"]) is None
    ):
        properties.pop("$type", None)
    value = _nested(rest[1:], properties)
    style, inline = _sibling_style(document.file, group, properties["$value"])
    return insert_member(group, _place_for(group, rest[0]), rest[0], value, style, inline=inline and len(rest) == 1)


def _new_place(document: TokenDocument, path: str) -> tuple[Node, list[str]]:
    _check_path(path)
    return _deepest_group(_editable(document), path)


def _deepest_group(root: Node, path: str) -> tuple[Node, list[str]]:
    """The innermost existing group on the way to a path and the names that are still to be made below it."""
    segments = path.split(".")
    node = root
    for depth, segment in enumerate(segments):
        inner = node.get(segment)
        if inner is None:
            return node, segments[depth:]
        here = ".".join(segments[: depth + 1])
        if inner.kind != "object" or inner.get("$value") or inner.get("$ref"):
            raise PathTaken(path, here, "token")
        node = inner
    raise PathTaken(path, path, "group")


def _nested(names: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    for name in reversed(names):
        properties = {name: properties}
    return properties


def _inherited(root: Node, path: str, key: str) -> Any:
    """What the groups on the way to a path say of a property, the nearest first."""
    found = None
    node: Node | None = root
    for segment in path.split("."):
        if node is None:
            break
        own = node.get(key)
        found = own.value if own is not None else found
        node = node.get(segment)
    return found


def _place_for(group: Node, name: str) -> int:
    """Where a new name goes: in order where the names beside it are in order, else after the last of them."""
    members = group.members
    named = [index for index, member in enumerate(members) if not member.key.startswith("$")]
    if not named:
        return len(members)
    keys = [natural_key(members[index].key) for index in named]
    if len(keys) > 1 and all(a < b for a, b in pairwise(keys)):
        wanted = natural_key(name)
        return next((index for index, key in zip(named, keys, strict=True) if wanted < key), named[-1] + 1)
    return named[-1] + 1


def _sibling_style(file: JsonFile, group: Node, value: Any) -> tuple[Style, bool]:
    """The style of the last token beside the new one whose value is of the same kind, and whether it is on one line."""
    style = detect_file(file.text)
    for member in reversed(group.members):
        sibling = None if member.key.startswith("$") else member.node.get("$value")
        if sibling is not None and (sibling.kind == "object") == isinstance(value, dict):
            inline = "\n" not in member.node.raw and "\r" not in member.node.raw
            return detect_node(member.node, style), inline
    return style, False


def _removal(root: Node, path: str) -> list[Splice]:
    segments = path.split(".")
    while len(segments) > 1 and len(_node(root, ".".join(segments[:-1])).members) == 1:
        segments.pop()
    group = root.at(segments[:-1]) or root
    return change_members(group, {}, [segments[-1]], DEFAULT)


def _carried(root: Node, document: TokenDocument, token: Token, new: str, identifier: UUID | None) -> dict[str, Any]:
    """The properties that a token must state itself at its new path so as to stay what it was."""
    additions: dict[str, Any] = {}
    own = _node(root, token.path)
    inherited_type = document.inherited_types.get(token.path)
    if inherited_type and alias_of(token.value) is None and _inherited(root, new, "$type") != inherited_type:
        additions["$type"] = inherited_type
    if own.get("$deprecated") is None:
        before, after = token.deprecated, _inherited(root, new, "$deprecated")
        if (before or False) != (after or False):
            additions["$deprecated"] = before or False
    if identifier is not None and token.explicit_id is None:
        mine = token.extensions.get(EXTENSION_KEY)
        kept = mine if isinstance(mine, dict) else {}
        additions["$extensions"] = {**token.extensions, EXTENSION_KEY: {**kept, "id": str(identifier)}}
    return additions


def _renamed_in_place(
    document: TokenDocument, root: Node, old: str, name: str, additions: dict[str, Any], style: Style
) -> bytes:
    group = root.at(old.split(".")[:-1]) or root
    if group.get(name) is not None:
        taken = f"{old.rpartition('.')[0]}.{name}".lstrip(".")
        raise PathTaken(taken, taken, "token or group")
    member = group.member(old.rpartition(".")[2])
    if member is None:
        raise TokenMissing(old)
    splices = [Splice(member.key_start, member.key_end, write(name, style))]
    splices += change_members(member.node, additions, [], detect_node(member.node, style))
    return _result(document, splices)


def _with(node: Node, additions: dict[str, Any], style: Style) -> Node:
    """The token's object with these properties added: a node of a text of its own that keeps the indentation."""
    indent = line_indent(node.text, node.start)
    changed = apply(node.text[: node.end], change_members(node, additions, [], detect_node(node, style)))
    moved, _ = parse(indent + changed[node.start :])
    return node if moved is None else moved


def _with_old_settled(document: TokenDocument, text: str, old: str, new: str, keep_alias: bool, style: Style) -> bytes:
    """The text that has the token at its new path, without it (or with an alias) at the old one."""
    file = read_json(document.path, text.encode("utf-8"), lambda key: key.startswith("$"))
    root = file.root
    if root is None:
        raise NotEditable(document)
    if keep_alias:
        node = _node(root, old)
        alias = {"$value": f"{{{new}}}", "$deprecated": f"Renamed to {new}"}
        splices = [Splice(node.start, node.end, write(alias, style, line_indent(text, node.start)))]
    else:
        splices = _removal(root, old)
    return document.file.encode(apply(text, splices))
