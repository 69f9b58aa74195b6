"""Walks the groups of one token file and collects its tokens (DTCG Format §5, §6)."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from designsystem import codes
from designsystem.jsontext.file import JsonFile
from designsystem.jsontext.nodes import Member, Node, pointer
from designsystem.problem import Problem, Severity
from designsystem.tokens.groups import EXTENDS, Extension, Layer, extension_of, is_group_node
from designsystem.tokens.names import MAX_PATH, ROOT, why_bad_name
from designsystem.tokens.pointers import REF, BadPointer, Steps, filled, parse_pointer, walk
from designsystem.tokens.properties import check_properties, identifier
from designsystem.tokens.token import Token
from designsystem.tokens.types.findings import Findings, Reference
from designsystem.tokens.types.registry import (
    TYPES,
    check_value,
    has_parts_of_others,
    judge_references,
    references_only,
)

_BUILD_COPY = "original"
"""Where the JSON that Style Dictionary builds keeps a token as it was written: a copy, not a token."""


class Scope(NamedTuple):
    """Where the walk is: a group's path and pointer, and what it hands down to its tokens.

    ``layers`` are the objects that the group inherits from; ``offset`` is where the file says that it does.
    """

    path: str
    pointer: str
    type: str | None = None
    deprecated: bool | str | None = None
    layers: tuple[Layer, ...] = ()
    offset: int = 0


class Entry(NamedTuple):
    """A token or group on the way in: its place, its ``$`` properties as values, and what else it holds."""

    member: Member
    path: str
    pointer: str
    own: dict[str, Any]
    children: list[Member]

    @property
    def value(self) -> Any:
        """The token's ``$value``; a token that is one ``$ref`` has that as its value (§7.1.2)."""
        return self.own["$value"] if "$value" in self.own else {REF: self.own[REF]}


class Reader:
    """Reads one file; the answers stand in its attributes, named as in ``TokenDocument``."""

    def __init__(self, file: JsonFile, refers: bool | None = None) -> None:
        """``refers``: whether any reference object can stand in the file, where that is known."""
        self.file = file
        self.tokens: dict[str, Token] = {}
        self.problems: list[Problem] = []
        self.references: dict[str, tuple[Reference, ...]] = {}
        self.inherited_types: dict[str, str] = {}
        self.groups: list[str] = []
        self.explicit_ids: dict[str, UUID] = {}
        self.extensions: list[Extension] = []
        self.unsettled = False
        self.late: set[str] = set()
        self.inherited: dict[str, int] = {}
        self.filled: dict[str, Any] = {}
        self.refers = may_refer(file.text) if refers is None else refers
        self.looked_around = False
        """Whether an answer about one token depends on what stands elsewhere in the file."""

    def read(self, root: Node) -> None:
        """Collects everything below the root."""
        if root.kind != "object":
            message = 'a token file is one object of groups and tokens, such as {"color": {"$type": "color"}}'
            self.report(codes.NOT_A_GROUP, root.start, message, "")
            return
        own, children = divided(root)
        if "$value" in own:
            message = "a token needs a name; put this $value inside a named object"
            self.report(codes.BAD_NAME, root.start, message, "")
            return
        self._group(root, own, children, Scope("", ""))

    def read_again(self, members: list[Member], scope: Scope) -> None:
        """Collects what some members of a group hold; the group itself is as it was."""
        for member in members:
            self._child(member, scope)

    def _group(self, node: Node, own: dict[str, Any], children: list[Member], scope: Scope) -> None:
        if own:
            check_properties(self.report, node, own, scope.path, scope.pointer, "group")
            scope = self._extended(node, own, scope)
        scope = handed_down(scope, own)
        for member in children:
            self._child(member, scope)
        if scope.layers:
            self._inherit(scope, {member.key for member in children})

    def _extended(self, node: Node, own: dict[str, Any], scope: Scope) -> Scope:
        """The scope with what the group inherits through its ``$extends``: a file by itself only says that it does."""
        target = extension_of(node) if EXTENDS in own or REF in own else None
        if target is not None:
            member = node.member(EXTENDS) or node.member(REF)
            offset = member.key_start if member else node.start
            self.extensions.append(Extension(scope.path, target, offset, self.file.path, node.start))
        return scope

    def _inherit(self, scope: Scope, stated: set[str]) -> None:
        """Adds what a group inherits; nothing where the file is read by itself."""

    def _layers_below(self, scope: Scope, name: str, path: str) -> tuple[Layer, ...]:
        """What the group of that name, at that path, inherits because the one around it does."""
        del scope, name, path
        return ()

    def _is_group_elsewhere(self, path: str) -> bool:
        """Whether another file has a group at that path; unknown where the file is read by itself."""
        del path
        return False

    def _child(self, member: Member, scope: Scope) -> None:
        name, node = member.key, member.node
        path = f"{scope.path}.{name}" if scope.path else name
        here = f"{scope.pointer}/{name.replace('~', '~0').replace('/', '~1')}"
        reason = None if name == ROOT and scope.path else why_bad_name(name)
        if reason is None and len(path) > MAX_PATH:
            reason = f"this path is longer than {MAX_PATH} characters; nest less deeply or shorten the names"
        if reason is not None:
            self.report(codes.BAD_NAME, member.key_start, reason, path, here)
            return
        own, children = divided(node)
        entry = Entry(member, path, here, own, children)
        if "$value" in own or self._is_reference(own, children):
            self._token(entry, scope)
        elif self._is_group(entry):
            self.groups.append(path)
            inner = scope._replace(path=path, pointer=here, layers=self._layers_below(scope, name, path))
            self._group(node, own, children, inner)

    def _is_reference(self, own: dict[str, Any], children: list[Member]) -> bool:
        """Whether an object with a ``$ref`` is a token that refers, and not a group that extends (§6.4.1)."""
        if not isinstance(own.get(REF), str) or EXTENDS in own or [m for m in children if m.key != ROOT]:
            return False
        try:
            target = parse_pointer(own[REF])
        except BadPointer:
            return True
        if "$value" in own[REF] or target.path.endswith(ROOT):
            return True
        self.looked_around = True
        node = self.file.root.at(target.path.split(".")) if self.file.root else None
        if node is not None:
            return not is_group_node(node)
        self.unsettled = True
        return not self._is_group_elsewhere(target.path)

    def _is_group(self, entry: Entry) -> bool:
        """Whether an entry without a value is a group; says why where it is not."""
        member, node = entry.member, entry.member.node
        code, offset = codes.NOT_A_GROUP, node.start
        if node.kind != "object":
            message = 'only groups and tokens stand here, each an object; write {"$value": …}'
            if member.key in {"value", "type", "description", "deprecated", "extensions"}:
                message += f' or "${member.key}"'
        elif member.key == ROOT:
            message = f"{ROOT} is the token that stands for its group; give it a $value"
        elif _is_legacy(entry.children):
            code, offset = codes.LEGACY_TOKEN, member.key_start
            message = 'this looks like a token without $ signs; write "$value" and "$type"'
        else:
            return True
        self.report(code, offset, message, entry.path, entry.pointer)
        return False

    def _token(self, entry: Entry, scope: Scope) -> None:
        member, path, at, own, children = entry
        if len(own) > 1 or REF in own:
            check_properties(self.report, member.node, own, path, at, "token")
        if children:
            self._inside_token(children, path, at)
        own_type = own.get("$type")
        if not isinstance(own_type, str):
            own_type = None
            if scope.type is not None:
                self.inherited_types[path] = scope.type
        type_name, findings = self.typed(own_type, scope.type, entry.value, path)
        self.references.pop(path, None)
        if findings.references:
            self.references[path] = tuple(findings.references)
        self.tokens[path] = self.built(entry, type_name, findings, scope)
        if type_name is None and not (findings.references and not findings.references[0].at):
            message = f'this token has no type; add "$type" to it or to its group, one of {", ".join(TYPES)}'
            self.report(codes.UNTYPED, member.node.start, message, path, at, "warning")
        if findings.found:
            self._report_findings(entry, findings)

    def _inside_token(self, members: list[Member], path: str, at: str) -> None:
        """What stands in a token beside its properties: tokens that would be lost, or data that is not read."""
        lost = [member for member in members if member.key != _BUILD_COPY and '"$value"' in member.node.raw]
        for member in lost:
            message = f'a token holds no other tokens; move "{member.key}" out of it, or drop the $value of {path}'
            self.report(codes.TOKEN_IN_TOKEN, member.key_start, message, path, at)
        unread = [member for member in members if member not in lost]
        if unread:
            named = ", ".join(f'"{member.key[:40]}"' for member in unread[:6]) + (", …" if len(unread) > 6 else "")
            message = f"a token has no {named}, so that is not read; put your own data under $extensions"
            self.report(codes.UNKNOWN_PROPERTY, unread[0].key_start, message, path, at, "warning")

    def built(self, entry: Entry, type_name: str | None, findings: Findings, scope: Scope) -> Token:
        own = entry.own
        described, marked, extensions = own.get("$description"), own.get("$deprecated"), own.get("$extensions")
        line, column = self.file.position(entry.member.key_start)
        explicit = identifier(own) if extensions else None
        if explicit is not None:
            self.explicit_ids[entry.path] = explicit
        references = findings.references
        return Token(
            entry.path,
            type_name,
            entry.value,
            described if isinstance(described, str) else None,
            marked if isinstance(marked, (bool, str)) else scope.deprecated,
            extensions if isinstance(extensions, dict) else {},
            tuple(dict.fromkeys([reference.path for reference in references])) if references else (),
            self.file.path,
            line,
            column,
            entry.pointer,
            explicit,
            self.filled.get(entry.path),
        )

    def typed(self, own: str | None, inherited: str | None, value: Any, path: str) -> tuple[str | None, Findings]:
        """A token's type as far as its file can tell, and what checking its value against it finds.

        The order is the format's (§5.2.2): own ``$type``, else that of the token referred to (unknown here), else the
        nearest group's. Nothing is guessed from the value.
        """
        refers = self.refers and type(value) in (dict, list)
        self.filled.pop(path, None)
        if refers and (whole := filled(value, self._found)) != value:
            value = self.filled[path] = whole
        if own is None and ((type(value) is str and value[:1] == "{") or refers):
            findings = check_value(None, value)
            if findings.references and not findings.references[0].at and not findings.references[0].steps:
                return None, findings
        type_name = own or inherited
        if not refers:
            return type_name, check_value(type_name, value)
        if has_parts_of_others(value):
            self.late.add(path)
            findings = references_only(value)
        else:
            findings = check_value(type_name, value)
        judge_references(value, findings)
        return type_name, findings

    def _found(self, steps: Steps) -> tuple[bool, Any]:
        """What stands at a place of this file that is no part of a token's value (§7.1.2)."""
        self.looked_around = True
        return data_at(self.file.root, steps)

    def _report_findings(self, entry: Entry, findings: Findings) -> None:
        node = entry.member.node
        value = node.get("$value")
        for finding in findings.found:
            place = (value.at(finding.at) if value else None) or value or node
            where = f"{entry.pointer}/$value{pointer(finding.at)}" if value else entry.pointer
            self.report(finding.code, place.start, finding.message, entry.path, where, finding.severity)

    def report(
        self, code: str, offset: int, message: str, subject: str, at: str = "", severity: Severity = "error"
    ) -> None:
        problem = self.file.problem(code, offset, message, pointer=at, subject=subject, severity=severity)
        self.problems.append(problem)


def may_refer(text: str) -> bool:
    """Whether a reference object can stand in a text: cheap to know, and most have none; an escape may hide one."""
    return '"$ref"' in text or "\\u" in text


def data_at(root: Node | None, steps: Steps) -> tuple[bool, Any]:
    """Whether there is something at a place beside the values of tokens, and what."""
    first = next(place for place, step in enumerate(steps) if step.startswith("$") and step != ROOT)
    node = root.at(steps[: first + 1]) if root is not None else None
    return walk(node.value, steps[first + 1 :]) if node is not None else (False, None)


def handed_down(scope: Scope, own: dict[str, Any]) -> Scope:
    """What a group says of type and deprecation itself, else through what it inherits, else the groups around it; last
    of all what the groups around its origin say, since an inherited token would else have no type."""
    stated, marked = own.get("$type"), own.get("$deprecated")
    for layer in scope.layers:
        stated = stated if isinstance(stated, str) else _plain(layer.node, "$type")
        marked = marked if isinstance(marked, (bool, str)) else _plain(layer.node, "$deprecated")
    if isinstance(stated, str):
        scope = scope._replace(type=stated)
    elif scope.layers and scope.type is None:
        scope = scope._replace(type=next((layer.type for layer in scope.layers if layer.type), None))
    if isinstance(marked, (bool, str)):
        scope = scope._replace(deprecated=marked)
    return scope


def _plain(node: Node, key: str) -> Any:
    stated = node.get(key)
    return stated.value if stated is not None else None


def divided(node: Node) -> tuple[dict[str, Any], list[Member]]:
    """The ``$`` properties of an object by name, and its other members, the group's root token among them."""
    own: dict[str, Any] = {}
    children: list[Member] = []
    for member in node.members:
        if member.key[:1] == "$" and member.key != ROOT:
            own[member.key] = member.node.value
        else:
            children.append(member)
    return own, children


def _is_legacy(children: list[Member]) -> bool:
    """Whether this is a token as it was written before the format had its ``$`` signs."""
    held = {member.key: member.node.kind for member in children}
    return "value" in held and (held["value"] != "object" or held.get("type") == "string")
