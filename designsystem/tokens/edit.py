"""Edits of a token file in place: order, indentation, line ends and everything not spoken of stay byte for byte.

Each function returns the new source; the document that was given stays as it is. What an edit leads to (broken
aliases, wrong shapes) is found by parsing and checking the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from designsystem.jsontext.file import JsonFile
from designsystem.jsontext.nodes import Node
from designsystem.jsontext.splices import (
    Splice,
    apply,
    change_members,
    insert_member,
)
from designsystem.jsontext.style import DEFAULT, Style, detect_file, detect_node, write
from designsystem.jsontext.values import why_not_json
from designsystem.tokens.aliases import alias_of
from designsystem.tokens.document import TokenDocument, parse_document
from designsystem.tokens.groups import is_group_node
from designsystem.tokens.names import ROOT, natural_key, why_bad_path
from designsystem.tokens.pointers import REF
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


class TokenInherited(EditError):
    """The group of this path has the token through its ``$extends`` only."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} is inherited through $extends; change the group that it comes from, or set a value of its own here"
        )


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
    return result(document, splices)


def add_token(document: TokenDocument | None, path: str, fields: Mapping[str, Any]) -> bytes:
    """Adds a token beside its siblings, with the groups that it needs; None for a new file."""
    properties = _stated(path, fields)
    if document is None:
        return f"{write(nested(path.split('.'), properties), DEFAULT)}\n".encode()
    return result(document, [_adding(document, *deepest_group(editable(document), path), path, properties)])


def add_tokens(document: TokenDocument, fields_by_path: Mapping[str, Mapping[str, Any]]) -> bytes:
    """Like :func:`add_token` for several tokens, one after the other, at the price of few."""
    splices: list[Splice] = []
    places: set[tuple[int, str]] = set()
    for path, fields in fields_by_path.items():
        group, rest = _new_place(document, path)
        if (group.start, rest[0]) in places or (splices and not group.members):
            # what was added before makes the place of this one: it has to be read anew
            document, splices, places = parse_document(document.path, result(document, splices)), [], set()
            group, rest = _new_place(document, path)
        splices.append(_adding(document, group, rest, path, _stated(path, fields)))
        places.add((group.start, rest[0]))
    return result(document, splices)


def delete_token(document: TokenDocument, path: str) -> bytes:
    """Removes a token, and the groups that this leaves with nothing in them."""
    return delete_tokens(document, [path])


def delete_tokens(document: TokenDocument, paths: Iterable[str]) -> bytes:
    """Like :func:`delete_token` for several tokens at the price of one."""
    removed: dict[str, set[str]] = {}
    for path in paths:
        root, _ = located(document, path)
        group, _, name = path.rpartition(".")
        removed.setdefault(group, set()).add(name)
        while group and len(node_at(root, group).members) == len(removed[group]):
            del removed[group]
            group, _, name = group.rpartition(".")
            removed.setdefault(group, set()).add(name)
    splices: list[Splice] = []
    for group, names in removed.items():
        node = node_at(editable(document), group) if group else editable(document)
        splices += change_members(node, {}, names, DEFAULT)
    return result(document, splices)


def result(document: TokenDocument, splices: list[Splice]) -> bytes:
    """The document's bytes with these changes made."""
    if not splices:
        return document.source
    return document.file.encode(apply(document.file.text, splices))


def editable(document: TokenDocument) -> Node:
    """The root object; raises NotEditable."""
    root = document.root
    if root is None or root.kind != "object":
        raise NotEditable(document)
    return root


def located(document: TokenDocument, path: str) -> tuple[Node, Token]:
    """The root and a token that the file itself states; raises TokenMissing or TokenInherited."""
    root = editable(document)
    token = document.tokens.get(path)
    if token is None:
        raise TokenMissing(path)
    if path in document.inherited:
        raise TokenInherited(path)
    return root, token


def node_at(root: Node, path: str) -> Node:
    """The object at a path; raises TokenMissing."""
    node = root.at(path.split("."))
    if node is None:
        raise TokenMissing(path)
    return node


def check_path(path: str) -> None:
    """Raises BadPath where no token can stand."""
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
    if path in document.inherited:
        return [_overriding(document, path, fields)]
    root, token = located(document, path)
    node = node_at(root, path)
    properties = _properties(fields, token)
    if properties.get("$value", 0) is None:
        raise BadField(f"{path} needs a value; delete the token to remove it")
    changes = {key: value for key, value in properties.items() if value is not None}
    removed = [key for key, value in properties.items() if value is None]
    if "$value" in changes:
        removed.append(REF)  # a token that was one reference has a value of its own from now on
    return change_members(node, changes, removed, detect_node(node, style))


def _overriding(document: TokenDocument, path: str, fields: Mapping[str, Any]) -> Splice:
    """A token of the group's own in place of an inherited one, which it replaces as a whole (§6.4.3)."""
    inherited = document.tokens[path]
    stated = {"value": inherited.value, "description": inherited.description, **fields}
    if inherited.extensions:
        stated.setdefault("extensions", dict(inherited.extensions))
    if inherited.type is not None and inherited.type != document.inherited_types.get(path):
        stated.setdefault("type", inherited.type)
    return _adding(document, *_new_place(document, path), path, _stated(path, stated))


def _stated(path: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of a new token."""
    check_path(path)
    properties = {key: value for key, value in _properties(fields, None).items() if value is not None}
    if "$value" not in properties:
        raise BadField(f"{path} needs a value")
    return properties


def _adding(document: TokenDocument, group: Node, rest: list[str], path: str, properties: dict[str, Any]) -> Splice:
    if properties.get("$type") == inherited_property(editable(document), path, "$type") and (
        alias_of(properties["$value"]) is None
    ):
        properties.pop("$type", None)
    value = nested(rest[1:], properties)
    style, inline = _sibling_style(document.file, group, properties["$value"])
    return insert_member(group, place_for(group, rest[0]), rest[0], value, style, inline=inline and len(rest) == 1)


def _new_place(document: TokenDocument, path: str) -> tuple[Node, list[str]]:
    check_path(path)
    return deepest_group(editable(document), path)


def deepest_group(root: Node, path: str) -> tuple[Node, list[str]]:
    """The innermost existing group on the way to a path and the names that are still to be made below it."""
    segments = path.split(".")
    node = root
    for depth, segment in enumerate(segments):
        inner = node.get(segment)
        if inner is None:
            return node, segments[depth:]
        here = ".".join(segments[: depth + 1])
        if not is_group_node(inner):
            raise PathTaken(path, here, "token")
        node = inner
    raise PathTaken(path, path, "group")


def nested(names: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    """The properties inside an object per name."""
    for name in reversed(names):
        properties = {name: properties}
    return properties


def inherited_property(root: Node, path: str, key: str) -> Any:
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


def place_for(group: Node, name: str) -> int:
    """Where a new name goes: a root token first, others in order where those beside it are, else after the last."""
    members = group.members
    named = [index for index, member in enumerate(members) if not member.key.startswith("$")]
    if not named or name == ROOT:
        return named[0] if named else len(members)
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
