"""Reads a token file as it stands among others: with what its groups inherit from groups of the set (DTCG §6.4)."""

from __future__ import annotations

from typing import Any

from designsystem.jsontext.file import JsonFile
from designsystem.jsontext.nodes import Member, Node, pointer
from designsystem.tokens.file_rules import endless_extension, extends_cycle, unknown_group
from designsystem.tokens.groups import EXTENDS, MOST_LINKS, Groups, Layer, distinct, is_group_node
from designsystem.tokens.names import MAX_PATH, ROOT
from designsystem.tokens.pointers import Steps
from designsystem.tokens.reader import Entry, Reader, Scope, data_at, divided, handed_down
from designsystem.tokens.token import EXTENSION_KEY

MOST_INHERITED = 50_000
"""How many tokens and groups one file may inherit: extensions of extensions could otherwise multiply without end."""

DEEPEST_INHERITED = 64
"""How many groups deep a token may be inherited to."""


class HeirReader(Reader):
    """A reader that knows every group of the set, and says in ``inherited`` what the file has from others."""

    def __init__(self, file: JsonFile, groups: Groups) -> None:
        super().__init__(file)
        self.inherited: dict[str, int] = {}
        self.refers = True  # what is inherited may refer, whether or not this file does
        self._left = MOST_INHERITED
        self._around = groups
        self._origin = file.path  # the file that a token is being inherited from, else this one

    def _extended(self, node: Node, own: dict[str, Any], scope: Scope) -> Scope:
        """The scope with what the group inherits through its own ``$extends``."""
        known = len(self.extensions)
        scope = super()._extended(node, own, scope)
        if len(self.extensions) == known:
            return scope
        target, offset = self.extensions[-1].target, self.extensions[-1].offset
        place = (offset, scope.path, f"{scope.pointer}/{EXTENDS}")
        is_too_long = scope.path in self._around.too_long
        if self.say(extends_cycle.check(self._around.circular.get(scope.path), scope.path), *place) or self.say(
            endless_extension.check(is_too_long=is_too_long, most_links=MOST_LINKS), *place
        ):
            return scope
        layers = self._around.extended(node, self.file.path)
        is_token = not layers and self._around.is_declared(target)
        self.say(unknown_group.check(target, is_there=bool(layers), is_token=is_token), *place)
        return scope._replace(layers=distinct((*layers, *scope.layers)), offset=offset)

    def _layers_below(self, scope: Scope, name: str, path: str) -> tuple[Layer, ...]:
        del path
        return self._around.below(scope.layers, name) if scope.layers else ()

    def _is_group_elsewhere(self, path: str) -> bool:
        return self._around.is_group(path)

    def _inherit(self, scope: Scope, stated: set[str]) -> None:
        """Adds the tokens of a group's layers that neither the group itself nor a layer before has."""
        seen = set(stated)
        for layer in scope.layers:
            for member in layer.node.members:
                if member.key in seen or member.node.kind != "object" or (member.key[:1] == "$" and member.key != ROOT):
                    continue
                seen.add(member.key)
                self._origin = layer.file
                self._inherit_member(member, scope)
        self._origin = self.file.path

    def _inherit_member(self, member: Member, scope: Scope) -> None:
        path, here = f"{scope.path}.{member.key}", f"{scope.pointer}{pointer([member.key])}"
        if self._left <= 0 or path.count(".") > DEEPEST_INHERITED or len(path) > MAX_PATH:
            self._refuse_more(scope)
            return
        self._left -= 1
        own, children = divided(member.node)
        if "$value" in own or not is_group_node(member.node):
            if not self._around.is_declared(path):
                self._inherit_token(Entry(member, path, here, own, children), scope)
        else:
            layers = self._around.below(scope.layers, member.key)
            self.groups.append(path)
            inner = handed_down(scope._replace(path=path, pointer=here, layers=layers), {})
            self._inherit(inner, set())

    def _found(self, steps: Steps) -> tuple[bool, Any]:
        """Data beside values stands in the file of the token that refers to it, wherever that is inherited."""
        if self._origin == self.file.path:
            return super()._found(steps)
        return data_at(self._around.root(self._origin), steps)

    def _refuse_more(self, scope: Scope) -> None:
        """Says once that what is inherited grows without measure."""
        self.say(endless_extension.check_growth(is_too_much=self._left >= 0), scope.offset, scope.path, scope.pointer)
        self._left = -1

    def _inherit_token(self, entry: Entry, scope: Scope) -> None:
        """A token as its group inherits it: its definition unchanged, its type from where it now stands, no id."""
        own = entry.own.get("$type")
        own_type = own if isinstance(own, str) else None
        if own_type is None and scope.type is not None:
            self.inherited_types[entry.path] = scope.type
        type_name, findings = self.typed(own_type, scope.type, entry.value, entry.path)
        if findings.references:
            self.references[entry.path] = tuple(findings.references)
        kept = {key: value for key, value in entry.own.items() if key != "$extensions"}
        given = entry.own.get("$extensions")
        if isinstance(given, dict):
            kept["$extensions"] = {key: value for key, value in given.items() if key != EXTENSION_KEY}
        place = Member(entry.member.key, scope.offset, scope.offset, entry.member.node)
        self.tokens[entry.path] = self.built(entry._replace(member=place, own=kept), type_name, findings, scope)
        self.inherited[entry.path] = scope.offset
        wrong = [finding for finding in findings.found if finding.severity == "error"]
        if wrong and own_type is None:
            message = f"the inherited token {entry.path} does not fit here: {wrong[0].message}"
            self.report(wrong[0].code, scope.offset, message, entry.path, entry.pointer)
