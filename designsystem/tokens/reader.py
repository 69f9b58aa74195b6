"""Walks the groups of one token file and collects its tokens (DTCG Format §5, §6)."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from designsystem.jsontext.file import JsonFile
from designsystem.jsontext.nodes import Member, Node, pointer
from designsystem.problem import Problem, Severity
from designsystem.tokens.file_rules import (
    bad_name,
    legacy_token,
    not_a_group,
    token_in_token,
    unknown_property,
    untyped,
)
from designsystem.tokens.file_rules.verdict import Verdict
from designsystem.tokens.groups import EXTENDS, Extension, Layer, extension_of, is_group_node
from designsystem.tokens.names import ROOT
from designsystem.tokens.pointers import REF, BadPointer, Steps, filled, parse_pointer, walk
from designsystem.tokens.properties import check_properties
from designsystem.tokens.token import Token, identifier
from designsystem.tokens.types.findings import Findings, Reference
from designsystem.tokens.types.registry import (
    check_value,
    has_parts_of_others,
    judge_references,
    references_only,
)


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
        if self.say(not_a_group.check_file(root), root.start, ""):
            return
        own, children = divided(root)
        if self.say(bad_name.check_file(own), root.start, ""):
            return
        self._group(root, own, children, Scope("", ""))

    def read_again(self, members: list[Member], scope: Scope) -> None:
        """Collects what some members of a group hold; the group itself is as it was."""
        for member in members:
            self._child(member, scope)

    def _group(self, node: Node, own: dict[str, Any], children: list[Member], scope: Scope) -> None:
        if own:
            check_properties(self.say, node, own, scope.path, scope.pointer, "group")
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
        if self.say(bad_name.check(name, path, in_group=bool(scope.path)), member.key_start, path, here):
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
        member = entry.member
        if self.say(not_a_group.check(member), member.node.start, entry.path, entry.pointer):
            return False
        return not self.say(legacy_token.check(entry.children), member.key_start, entry.path, entry.pointer)

    def _token(self, entry: Entry, scope: Scope) -> None:
        member, path, at, own, children = entry
        if len(own) > 1 or REF in own:
            check_properties(self.say, member.node, own, path, at, "token")
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
        if type_name is None:
            self.say(untyped.check(type_name, findings), member.node.start, path, at)
        if findings.found:
            self._report_findings(entry, findings)

    def _inside_token(self, members: list[Member], path: str, at: str) -> None:
        """What stands in a token beside its properties: tokens that would be lost, or data that is not read."""
        verdicts = [(member, token_in_token.check(member, path)) for member in members]
        for member, verdict in verdicts:
            self.say(verdict, member.key_start, path, at)
        unread = [member for member, verdict in verdicts if verdict is None]
        if unread:
            self.say(unknown_property.check_members(unread), unread[0].key_start, path, at)

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

    def say(self, verdict: Verdict | None, offset: int, subject: str, at: str = "") -> bool:
        """Tell what a rule says, if anything; whether it did."""
        if verdict is None:
            return False
        self.report(verdict.code, offset, verdict.message, subject, at, verdict.severity)
        return True

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
