"""Walks the groups of one token file and collects its tokens (DTCG Format §5, §6)."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from designsystem import codes
from designsystem.jsontext.file import JsonFile
from designsystem.jsontext.nodes import Member, Node, pointer
from designsystem.problem import Problem, Severity
from designsystem.tokens.names import MAX_PATH, why_bad_name
from designsystem.tokens.properties import check_properties, identifier
from designsystem.tokens.token import Token
from designsystem.tokens.types.findings import Findings, Reference
from designsystem.tokens.types.registry import TYPES, check_value

_BUILD_COPY = "original"
"""Where the JSON that Style Dictionary builds keeps a token as it was written: a copy, not a token."""


class Scope(NamedTuple):
    """Where the walk is: a group's path and pointer, and what it hands down to its tokens."""

    path: str
    pointer: str
    type: str | None = None
    deprecated: bool | str | None = None


class Entry(NamedTuple):
    """A token or group on the way in: its place, its ``$`` properties as values, and what else it holds."""

    member: Member
    path: str
    pointer: str
    own: dict[str, Any]
    children: list[Member]


class Reader:
    """Reads one file; the answers stand in its attributes, named as in ``TokenDocument``."""

    def __init__(self, file: JsonFile) -> None:
        self.file = file
        self.tokens: dict[str, Token] = {}
        self.problems: list[Problem] = []
        self.references: dict[str, tuple[Reference, ...]] = {}
        self.inherited_types: dict[str, str] = {}
        self.groups: list[str] = []
        self.explicit_ids: dict[str, UUID] = {}

    def read(self, root: Node) -> None:
        """Collects everything below the root."""
        if root.kind != "object":
            message = 'a token file is one object of groups and tokens, such as {"color": {"$type": "color"}}'
            self._report(codes.NOT_A_GROUP, root.start, message, "")
            return
        own, children = _divided(root)
        if "$value" in own:
            message = "a token needs a name; put this $value inside a named object"
            self._report(codes.BAD_NAME, root.start, message, "")
            return
        self._group(root, own, children, Scope("", ""))

    def _group(self, node: Node, own: dict[str, Any], children: list[Member], scope: Scope) -> None:
        if own:
            check_properties(self._report, node, own, scope.path, scope.pointer)
            scope = _handed_down(scope, own)
        for member in children:
            self._child(member, scope)

    def _child(self, member: Member, scope: Scope) -> None:
        name, node = member.key, member.node
        path = f"{scope.path}.{name}" if scope.path else name
        here = f"{scope.pointer}/{name.replace('~', '~0').replace('/', '~1')}"
        reason = why_bad_name(name)
        if reason is None and len(path) > MAX_PATH:
            reason = f"this path is longer than {MAX_PATH} characters; nest less deeply or shorten the names"
        if reason is not None:
            self._report(codes.BAD_NAME, member.key_start, reason, path, here)
            return
        own, children = _divided(node)
        if "$value" in own:
            self._token(Entry(member, path, here, own, children), scope)
        elif self._is_group(Entry(member, path, here, own, children)):
            self.groups.append(path)
            self._group(node, own, children, Scope(path, here, scope.type, scope.deprecated))

    def _is_group(self, entry: Entry) -> bool:
        """Whether an entry without a ``$value`` is a group; says why where it is not."""
        member, node = entry.member, entry.member.node
        code, offset = codes.NOT_A_GROUP, node.start
        severity: Severity = "error"
        if node.kind != "object":
            message = 'only groups and tokens stand here, each an object; write {"$value": …}'
            if member.key in {"value", "type", "description", "deprecated", "extensions"}:
                message += f' or "${member.key}"'
        elif "$ref" in entry.own:
            code, severity = codes.NOT_SUPPORTED_YET, "warning"
            message = "$ref is not supported yet in this version; write a $value such as {group.token}"
        elif _is_legacy(entry.children):
            code, offset = codes.LEGACY_TOKEN, member.key_start
            message = 'this looks like a token without $ signs; write "$value" and "$type"'
        else:
            return True
        self._report(code, offset, message, entry.path, entry.pointer, severity)
        return False

    def _token(self, entry: Entry, scope: Scope) -> None:
        member, path, at, own, children = entry
        if len(own) > 1:
            check_properties(self._report, member.node, own, path, at)
        if children:
            self._inside_token(children, path, at)
        own_type = own.get("$type")
        if not isinstance(own_type, str):
            own_type = None
            if scope.type is not None:
                self.inherited_types[path] = scope.type
        type_name, findings = _typed(own_type, scope.type, own["$value"])
        self.references.pop(path, None)
        if findings.references:
            self.references[path] = tuple(findings.references)
        self.tokens[path] = self._built(entry, type_name, findings, scope)
        if type_name is None and not (findings.references and type(own["$value"]) is str):
            message = f'this token has no type; add "$type" to it or to its group, one of {", ".join(TYPES)}'
            self._report(codes.UNTYPED, member.node.start, message, path, at, "warning")
        if findings.found:
            self._report_findings(entry, findings)

    def _inside_token(self, members: list[Member], path: str, at: str) -> None:
        """What stands in a token beside its properties: tokens that would be lost, or data that is not read."""
        lost = [member for member in members if member.key != _BUILD_COPY and '"$value"' in member.node.raw]
        for member in lost:
            message = f'a token holds no other tokens; move "{member.key}" out of it, or drop the $value of {path}'
            self._report(codes.TOKEN_IN_TOKEN, member.key_start, message, path, at)
        unread = [member for member in members if member not in lost]
        if unread:
            named = ", ".join(f'"{member.key[:40]}"' for member in unread[:6]) + (", …" if len(unread) > 6 else "")
            message = f"a token has no {named}, so that is not read; put your own data under $extensions"
            self._report(codes.UNKNOWN_PROPERTY, unread[0].key_start, message, path, at, "warning")

    def _built(self, entry: Entry, type_name: str | None, findings: Findings, scope: Scope) -> Token:
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
            own["$value"],
            described if isinstance(described, str) else None,
            marked if isinstance(marked, (bool, str)) else scope.deprecated,
            extensions if isinstance(extensions, dict) else {},
            tuple(dict.fromkeys([reference.path for reference in references])) if references else (),
            self.file.path,
            line,
            column,
            entry.pointer,
            explicit,
        )

    def _report_findings(self, entry: Entry, findings: Findings) -> None:
        node = entry.member.node
        value = node.get("$value") or node
        for finding in findings.found:
            place = value.at(finding.at) or value
            where = f"{entry.pointer}/$value{pointer(finding.at)}"
            self._report(finding.code, place.start, finding.message, entry.path, where, finding.severity)

    def _report(
        self, code: str, offset: int, message: str, subject: str, at: str = "", severity: Severity = "error"
    ) -> None:
        problem = self.file.problem(code, offset, message, pointer=at, subject=subject, severity=severity)
        self.problems.append(problem)


def _typed(own: str | None, inherited: str | None, value: Any) -> tuple[str | None, Findings]:
    """A token's type as far as its file can tell, and what checking its value against it finds.

    The order is the format's (§5.2.2): own ``$type``, else that of the token referred to (unknown here), else the
    nearest group's. Nothing is guessed from the value.
    """
    if own is None and type(value) is str and value[:1] == "{":
        findings = check_value(None, value)
        if findings.references:
            return None, findings
    type_name = own or inherited
    return type_name, check_value(type_name, value)


def _handed_down(scope: Scope, own: dict[str, Any]) -> Scope:
    stated, marked = own.get("$type"), own.get("$deprecated")
    if isinstance(stated, str):
        scope = scope._replace(type=stated)
    if isinstance(marked, (bool, str)):
        scope = scope._replace(deprecated=marked)
    return scope


def _divided(node: Node) -> tuple[dict[str, Any], list[Member]]:
    """The ``$`` properties of an object by name, and its other members."""
    own: dict[str, Any] = {}
    children: list[Member] = []
    for member in node.members:
        if member.key[:1] == "$":
            own[member.key] = member.node.value
        else:
            children.append(member)
    return own, children


def _is_legacy(children: list[Member]) -> bool:
    """Whether this is a token as it was written before the format had its ``$`` signs."""
    held = {member.key: member.node.kind for member in children}
    return "value" in held and (held["value"] != "object" or held.get("type") == "string")
