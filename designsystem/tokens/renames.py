"""Renames: a token moves to another path of its file, and every reference to it follows, in place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from designsystem.jsontext.file import read_json
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
from designsystem.tokens.aliases import alias_of
from designsystem.tokens.document import TokenDocument
from designsystem.tokens.edit import (
    NotEditable,
    PathTaken,
    TokenMissing,
    check_path,
    deepest_group,
    editable,
    inherited_property,
    located,
    nested,
    node_at,
    place_for,
    result,
)
from designsystem.tokens.pointers import REF, write_pointer
from designsystem.tokens.replacement import REPLACED_BY, announcing, notice, stated_replacement
from designsystem.tokens.token import EXTENSION_KEY, Token
from designsystem.tokens.types.findings import Reference


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
    had from its groups go with it. ``keep_alias`` leaves a deprecated alias at the old path,
    which says in its ``$extensions`` what takes its place.
    """
    check_path(new)
    root, token = located(document, old)
    if old == new:
        return document.source
    style = detect_file(document.file.text)
    additions = _carried(root, document, token, new, id)
    group, name = old.rpartition(".")[0], new.rpartition(".")[2]
    if not keep_alias and new.rpartition(".")[0] == group:
        return _renamed_in_place(document, root, old, name, additions, style)
    node = node_at(root, old)
    moved = _with(node, additions, style)
    if new.startswith(f"{old}.") and not keep_alias:
        return result(document, [nest_value(node, new.removeprefix(f"{old}.").split("."), moved, style)])
    target, rest = deepest_group(root, new)
    index = place_for(target, rest[0])
    if target.members:
        insertion = insert_raw_member(target, index, rest, moved, style)
    else:
        insertion = insert_member(target, index, rest[0], nested(rest[1:], moved.value), style)
    return _with_old_settled(document, apply(node.text, [insertion]), old, new, keep_alias, style)


def rewrite_aliases(document: TokenDocument, renamed: Mapping[str, str]) -> bytes:
    """Points every reference to one of the old paths at the new one, each in the syntax that it was written in.

    So too what deprecated tokens say takes their place. What a group inherits is rewritten where it is stated.
    """
    root = editable(document)
    splices: list[Splice] = []
    for path, references in document.references.items():
        if path in document.inherited:
            continue
        for reference in references:
            if reference.path in renamed:
                place = _place_of(node_at(root, path), reference)
                if place is not None:
                    text = _rewritten(place, renamed[reference.path], reference)
                    splices.append(Splice(place.start, place.end, write(text, DEFAULT)))
    for token in announcing(document, renamed):
        if token.path not in document.inherited:
            splices += _announced_anew(node_at(root, token.path), token, renamed)
    return result(document, splices)


def _announced_anew(node: Node, token: Token, renamed: Mapping[str, str]) -> Iterator[Splice]:
    """What a deprecated token says of the one that takes its place, which has another path now."""
    path = stated_replacement(token) or ""
    stated = node.at(["$extensions", EXTENSION_KEY, REPLACED_BY])
    if stated is not None:
        written = f"{{{renamed[path]}}}" if str(stated.value).startswith("{") else renamed[path]
        yield Splice(stated.start, stated.end, write(written, DEFAULT))
    said = node.get("$deprecated")
    if said is not None and said.value == notice(path):
        yield Splice(said.start, said.end, write(notice(renamed[path]), DEFAULT))


def _place_of(token: Node, reference: Reference) -> Node | None:
    """The text of a reference: an alias, or the ``$ref`` of a reference object."""
    value = token.get("$value")
    place = token if value is None else value.at(reference.at)
    return place.get(REF) if place is not None and place.kind == "object" else place


def _rewritten(place: Node, path: str, reference: Reference) -> str:
    written = str(place.value)
    if written.startswith("{"):
        return f"{{{path}}}"
    return write_pointer(path, reference.steps, value="$value" in written)


def _removal(root: Node, path: str) -> list[Splice]:
    segments = path.split(".")
    while len(segments) > 1 and len(node_at(root, ".".join(segments[:-1])).members) == 1:
        segments.pop()
    group = root.at(segments[:-1]) or root
    return change_members(group, {}, [segments[-1]], DEFAULT)


def _carried(root: Node, document: TokenDocument, token: Token, new: str, identifier: UUID | None) -> dict[str, Any]:
    """The properties that a token must state itself at its new path so as to stay what it was."""
    additions: dict[str, Any] = {}
    own = node_at(root, token.path)
    inherited_type = document.inherited_types.get(token.path)
    if inherited_type and alias_of(token.value) is None and inherited_property(root, new, "$type") != inherited_type:
        additions["$type"] = inherited_type
    if own.get("$deprecated") is None:
        before, after = token.deprecated, inherited_property(root, new, "$deprecated")
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
    return result(document, splices)


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
        node = node_at(root, old)
        extensions = {EXTENSION_KEY: {REPLACED_BY: new}}
        alias = {"$value": f"{{{new}}}", "$deprecated": notice(new), "$extensions": extensions}
        splices = [Splice(node.start, node.end, write(alias, style, line_indent(text, node.start)))]
    else:
        splices = _removal(root, old)
    return document.file.encode(apply(text, splices))
