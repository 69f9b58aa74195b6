"""Runs the rules that a manifest chooses over a token set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from designsystem import codes
from designsystem.fields import Fields
from designsystem.jsontext.file import read_json
from designsystem.jsontext.nodes import Member
from designsystem.lint.contrast import CONTRAST
from designsystem.lint.descriptions import DESCRIPTIONS
from designsystem.lint.naming import NAMING
from designsystem.lint.rule import BadOption, Configured, Finding, Rule
from designsystem.lint.unused import UNUSED
from designsystem.manifest import MANIFEST_PATH
from designsystem.problem import Problem
from designsystem.tokens.set import TokenSet

RULES: Final[dict[str, Rule]] = {rule.name: rule for rule in (NAMING, DESCRIPTIONS, UNUSED, CONTRAST)}
SEVERITIES: Final = ("warning", "error")


def chosen_rules(source: bytes | None) -> tuple[list[Configured], list[Problem]]:
    """The rules in a manifest's field ``lint``, and what is wrong with it; without the field there are none."""
    if source is None:
        return [], []
    fields = Fields(read_json(MANIFEST_PATH, source), codes.LINT_OPTION)
    node = fields.mapping("lint")
    found = [_configured(fields, member) for member in node.members] if node is not None else []
    return [each for each in found if each is not None], fields.problems


def lint(tokens: TokenSet, rules: Iterable[Configured]) -> list[Problem]:
    """What these rules find, by file and line."""
    found = [_problem(each, finding) for each in rules for finding in each.check(tokens)]
    return sorted(found, key=lambda each: (each.path, each.line, each.column, each.code, each.message))


def _problem(chosen: Configured, finding: Finding) -> Problem:
    token, message = finding
    if token is None:
        return Problem(chosen.rule.code, message, MANIFEST_PATH, "/lint", severity=chosen.severity)
    place = (token.file, token.pointer, token.line, token.column, token.path)
    return Problem(chosen.rule.code, message, *place, chosen.severity)


def _configured(fields: Fields, member: Member) -> Configured | None:
    """A rule with its options; ``true`` takes them all as they are, ``false`` leaves the rule out."""
    stated: Any = member.node.value
    if stated is False:
        return None
    rule = RULES.get(member.key)
    try:
        if rule is None:
            raise BadOption(f"there is no rule {member.key[:40]!r}; there are {', '.join(RULES)}")
        options = {} if stated is True else stated
        if not isinstance(options, dict):
            raise BadOption(f"{rule.name} is true, or an object of its options")
        severity = options.get("severity", "warning")
        if severity not in SEVERITIES:
            raise BadOption("severity is warning or error")
        if unknown := options.keys() - rule.options - {"severity"}:
            raise BadOption(
                f"{rule.name} has no option {min(unknown)[:40]!r}; it has {', '.join(sorted(rule.options))}"
            )
        return Configured(rule, rule.configured(options), severity)
    except BadOption as error:
        fields.report(member.node, ("lint", member.key), str(error))
        return None
