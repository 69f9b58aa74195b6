"""One token file: its tokens with their places, and everything wrong with it that the file alone can tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from designsystem import codes
from designsystem.jsontext.file import JsonFile, read_json
from designsystem.jsontext.nodes import Member, Node, pointer
from designsystem.problem import Problem, Severity
from designsystem.tokens.names import MAX_PATH, why_bad_name
from designsystem.tokens.properties import check_properties, identifier
from designsystem.tokens.token import Token
from designsystem.tokens.types.findings import Findings, Reference, Steps
from designsystem.tokens.types.registry import TYPES, check_value


@dataclass(frozen=True, slots=True, eq=False)
class TokenDocument:
    """A parsed token file. ``tokens`` is in the order of the file; ``problems`` are those of this file alone.

    ``references`` holds, for each token that refers to others, where it does so and which types it asks for;
    ``inherited_types`` the nearest group's ``$type`` of tokens that have none of their own; ``groups`` the paths of
    all groups; ``explicit_ids`` the ids that tokens carry in their ``$extensions``.
    """

    path: str
    source: bytes = field(repr=False)
    file: JsonFile = field(repr=False)
    tokens: Mapping[str, Token] = field(repr=False)
    problems: tuple[Problem, ...] = ()
    references: Mapping[str, tuple[Reference, ...]] = field(default_factory=dict, repr=False)
    inherited_types: Mapping[str, str] = field(default_factory=dict, repr=False)
    groups: frozenset[str] = field(default=frozenset(), repr=False)
    explicit_ids: Mapping[str, UUID] = field(default_factory=dict, repr=False)

    @property
    def root(self) -> Node | None:
        """The tree of the file; None where it is not JSON."""
        return self.file.root

    def node_of(self, path: str) -> Node | None:
        """The object of the token or group at a path."""
        return self.root.at(path.split(".")) if self.root else None

    def value_problem(
        self, token: Token, code: str, at: Steps, message: str, severity: Severity = "error"
    ) -> Problem:
        """A problem that points at one part of a token's value."""
        node = self.node_of(token.path)
        value = node.get("$value") if node else None
        place = (value.at(at) if value else None) or value or node
        steps = (*token.path.split("."), "$value", *at)
        offset = place.start if place else 0
        return self.file.problem(
            code, offset, message, pointer=pointer(steps), subject=token.path, severity=severity
        )


def parse_document(path: str, source: bytes) -> TokenDocument:
    """Reads a token file; never raises for what is in it. A file that is no JSON has no tokens and says why."""
    file = read_json(path, source, _is_property)
    if file.root is None:
        return TokenDocument(path, source, file, {}, file.problems)
    reader = _Reader(file)
    reader.read(file.root)
    return TokenDocument(
        path,
        source,
        file,
        reader.tokens,
        (*file.problems, *reader.problems),
        reader.references,
        reader.inherited_types,
        frozenset(reader.groups),
        reader.explicit_ids,
    )


def _is_property(key: str) -> bool:
    return key.startswith("$")


class _Reader:
    """Walks the groups of one file and collects its tokens."""

    def __init__(self, file: JsonFile) -> None:
        self.file = file
        self.tokens: dict[str, Token] = {}
        self.problems: list[Problem] = []
        self.references: dict[str, tuple[Reference, ...]] = {}
        self.inherited_types: dict[str, str] = {}
        self.groups: list[str] = []
        self.explicit_ids: dict[str, UUID] = {}

    def read(self, root: Node) -> None:
        if root.kind != "object":
            message = 'a token file is one object of groups and tokens, such as {"color": {"$type": "color"}}'
            self._report(codes.NOT_A_GROUP, root.start, message, "")
            return
        if any(member.key == "$value" for member in root.members):
            message = "a token needs a name; put this $value inside a named object"
            self._report(codes.BAD_NAME, root.start, message, "")
            return
        self._group(root, "", "", None, None)

    def _group(self, node: Node, path: str, at: str, type_name: str | None, deprecated: bool | str | None) -> None:
        own: dict[str, Any] = {}
        children: list[Member] = []
        for member in node.members:
            if member.key[:1] == "$":
                own[member.key] = member.node.value
            else:
                children.append(member)
        if own:
            check_properties(self._report, node, own, path, at)
            if isinstance(own.get("$type"), str):
                type_name = own["$type"]
            if isinstance(own.get("$deprecated"), (bool, str)):
                deprecated = own["$deprecated"]
        for member in children:
            self._child(member, path, at, type_name, deprecated)

    def _child(
        self, member: Member, group: str, at: str, type_name: str | None, deprecated: bool | str | None
    ) -> None:
        name, node = member.key, member.node
        path = f"{group}.{name}" if group else name
        here = f"{at}/{name.replace('~', '~0').replace('/', '~1')}"
        reason = why_bad_name(name) or (f"this path is longer than {MAX_PATH} characters" if len(path) > MAX_PATH else None)
        if reason is not None:
            self._report(codes.BAD_NAME, member.key_start, reason, path, here)
            return
        properties: dict[str, Any] = {}
        nested: list[Member] = []
        for inner in node.members:
            if inner.key[:1] == "$":
                properties[inner.key] = inner.node.value
            else:
                nested.append(inner)
        if "$value" in properties:
            self._token(member, path, here, properties, nested, type_name, deprecated)
        elif self.file.text[node.start] != "{":
            self._not_a_group(member, path, here)
        elif "$ref" in properties:
            message = "$ref is not supported yet in this version; write a $value such as {group.token}"
            place = node.member("$ref")
            self._report(
                codes.NOT_SUPPORTED_YET, place.key_start if place else node.start, message, path, here, "warning"
            )
        elif self._is_legacy(nested):
            message = 'this looks like a token without $ signs; write "$value" and "$type"'
            self._report(codes.LEGACY_TOKEN, member.key_start, message, path, here)
        else:
            self.groups.append(path)
            self._group(node, path, here, type_name, deprecated)

    def _token(
        self,
        member: Member,
        path: str,
        at: str,
        own: dict[str, Any],
        nested: list[Member],
        group_type: str | None,
        group_deprecated: bool | str | None,
    ) -> None:
        node, value = member.node, own["$value"]
        if len(own) > 1:
            check_properties(self._report, node, own, path, at)
        for inner in nested:
            message = f'a token holds no other tokens; move "{inner.key}" out of it, or drop the $value of {path}'
            self._report(codes.TOKEN_IN_TOKEN, inner.key_start, message, path, at)
        stated = own.get("$type")
        own_type = stated if isinstance(stated, str) else None
        aliased = type(value) is str and value[:1] == "{"
        type_name = own_type or (None if aliased else group_type)
        findings = check_value(type_name, value)
        whole_alias = aliased and bool(findings.references)
        if not whole_alias:
            type_name = own_type or group_type
            if aliased:
                findings = check_value(type_name, value)
        references = tuple(findings.references)
        line, column = self.file.position(member.key_start)
        described, marked, extensions = own.get("$description"), own.get("$deprecated"), own.get("$extensions")
        token = Token(
            path,
            type_name,
            value,
            described if isinstance(described, str) else None,
            marked if isinstance(marked, (bool, str)) else group_deprecated,
            extensions if isinstance(extensions, dict) else {},
            tuple(dict.fromkeys([reference.path for reference in references])) if references else (),
            self.file.path,
            line,
            column,
            at,
            identifier(own) if extensions else None,
        )
        self.tokens[path] = token
        if references:
            self.references[path] = references
        if group_type is not None and own_type is None:
            self.inherited_types[path] = group_type
        if token.explicit_id is not None:
            self.explicit_ids[path] = token.explicit_id
        if type_name is None and not whole_alias:
            self._untyped(node, path, at)
        if findings.found:
            self._report_findings(node, path, at, findings)

    def _report_findings(self, node: Node, path: str, at: str, findings: Findings) -> None:
        value = node.get("$value") or node
        for finding in findings.found:
            place = value.at(finding.at) or value
            where = f"{at}/$value{pointer(finding.at)}"
            self._report(finding.code, place.start, finding.message, path, where, finding.severity)

    def _untyped(self, node: Node, path: str, at: str) -> None:
        message = f'this token has no type; add "$type" to it or to its group, one of {", ".join(TYPES)}'
        self._report(codes.UNTYPED, node.start, message, path, at, "warning")

    def _not_a_group(self, member: Member, path: str, at: str) -> None:
        message = "only groups and tokens stand here, each an object; "
        message += f'write {{"$value": …}} or "${member.key}"' if member.key.isalpha() else 'write {"$value": …}'
        self._report(codes.NOT_A_GROUP, member.node.start, message, path, at)

    @staticmethod
    def _is_legacy(nested: Iterable[Member]) -> bool:
        keys = {member.key: member.node for member in nested}
        value = keys.get("value")
        return value is not None and (value.kind != "object" or (keys["type"].kind == "string" if "type" in keys else False))

    def _report(
        self, code: str, offset: int, message: str, subject: str, at: str = "", severity: Severity = "error"
    ) -> None:
        self.problems.append(
            self.file.problem(code, offset, message, pointer=at, subject=subject, severity=severity)
        )
