"""What a change asks of the next version: the policy file ``versioning.json``, the verdict, and the number itself.

The file may state ``changes`` (a severity for kinds of change) and what is nobody's business outside:
``privateTokens`` (patterns of token paths) and ``privateComponents`` (patterns of folders).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from semver import Version

from designsystem import codes
from designsystem.compare.change import DEFAULT_POLICY, Change, Kind, Severity, strongest
from designsystem.compare.words import reason_of
from designsystem.fields import Fields, kind_of
from designsystem.globs import Glob, fault_of
from designsystem.jsontext.file import read_json
from designsystem.jsontext.nodes import Member, Node
from designsystem.manifest import VERSIONING_PATH
from designsystem.problem import Problem

MAX_BYTES: Final = 64 * 1024
MAX_PATTERNS: Final = 200
NOTHING_YET: Final = "0.0.0"
"""What the first version is counted from: a first one that adds something is 0.1.0 (SemVer's own advice)."""

_FIELDS: Final = ("$schema", "changes", "privateTokens", "privateComponents")
_SEVERITIES: Final = {severity.value: severity for severity in Severity}

_PATTERNS: Final = {"type": "array", "maxItems": MAX_PATTERNS, "items": {"type": "string", "minLength": 1}}
SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "What changes of an xText design system ask of a version",
    "type": "object",
    "properties": {
        "$schema": {"type": "string"},
        "changes": {
            "type": "object",
            "propertyNames": {"enum": [kind.value for kind in Kind]},
            "additionalProperties": {"enum": list(_SEVERITIES)},
            "description": "How much a kind of change asks for.",
        },
        "privateTokens": {
            **_PATTERNS,
            "description": "Token paths that are nobody's business outside, such as core.**.",
        },
        "privateComponents": {**_PATTERNS, "description": "Folders of components, such as components/_*."},
    },
    "additionalProperties": False,
}
"""JSON Schema (2020-12) of the policy file, for editors; :func:`read_policy` also judges the patterns themselves."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How much each kind of change asks; changes of what is private ask for a patch, whatever they are."""

    severities: Mapping[Kind, Severity] = field(default_factory=lambda: DEFAULT_POLICY)
    private_tokens: tuple[Glob, ...] = ()
    private_components: tuple[Glob, ...] = ()

    def severity_of(self, change: Change) -> Severity:
        """What one change asks for. A rename is private only where the old name was."""
        subject = change.old_subject if change.old_subject is not None else change.subject
        is_token = change.kind.value.startswith("token-")
        patterns, separator = (self.private_tokens, ".") if is_token else (self.private_components, "/")
        parts = subject.split(separator)
        if any(pattern.covers(parts) for pattern in patterns):
            return Severity.PATCH
        return self.severities[change.kind]

    def rated(self, changes: Iterable[Change]) -> list[Change]:
        """The changes, each with the severity that this policy gives it."""
        pairs = ((change, self.severity_of(change)) for change in changes)
        return [change if change.severity is wanted else replace(change, severity=wanted) for change, wanted in pairs]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What all changes together ask for: ``bump`` (None: nothing changed), and a sentence for each change that asks for
    so much; ``changes`` are those that were judged, rated by the policy."""

    bump: Severity | None
    reasons: tuple[str, ...]
    changes: tuple[Change, ...]

    @property
    def breaking(self) -> tuple[Change, ...]:
        """The changes that break somebody."""
        return tuple(change for change in self.changes if change.severity is Severity.MAJOR)


def judge(changes: Iterable[Change], policy: Policy | None = None) -> Verdict:
    """What these changes ask of the next version, and why."""
    rated = (policy or Policy()).rated(changes)
    bump = strongest(rated)
    return Verdict(bump, tuple(reason_of(change) for change in rated if change.severity is bump), tuple(rated))


def demanded(current: str | None, bump: Severity | None) -> Severity | None:
    """What a verdict asks for where ``current`` is the newest stable version.

    Below 1.0.0 nothing is promised yet (SemVer §4): what breaks raises the minor part, and 1.0.0 is a choice of people.
    """
    if bump is Severity.MAJOR and Version.parse(current or NOTHING_YET).major == 0:
        return Severity.MINOR
    return bump


def next_version(current: str | None, bump: Severity) -> str:
    """The version after ``current`` (None: there is none yet) with one part raised; a prerelease that stands for that
    very step becomes final: after 2.0.0-rc.1 the next major is 2.0.0."""
    version = Version.parse(current or NOTHING_YET)
    core = version.finalize_version()
    stands_for = {
        Severity.MAJOR: core.minor == core.patch == 0,
        Severity.MINOR: core.patch == 0,
        Severity.PATCH: True,
    }
    if version.prerelease and stands_for[bump]:
        return str(core)
    raised = {Severity.MAJOR: core.bump_major, Severity.MINOR: core.bump_minor, Severity.PATCH: core.bump_patch}
    return str(raised[bump]())


def is_enough(version: str, current: str | None, bump: Severity | None) -> bool:
    """Whether a version is as high as changes since ``current`` demand; its prerelease counts as the version itself."""
    needed = demanded(current, bump)
    if needed is None:
        return True
    core = Version.parse(version).finalize_version()
    return core >= Version.parse(next_version(current, needed)).finalize_version()


@lru_cache(maxsize=32)
def read_policy(source: bytes | None) -> tuple[Policy, tuple[Problem, ...]]:
    """The policy that a file states (None: there is no file, and the default holds) and everything wrong with it.

    What is wrong is left out, and the default stands in its place.
    """
    if source is None:
        return Policy(), ()
    if len(source) > MAX_BYTES:
        message = f"the file has more than {MAX_BYTES:,} bytes, which are allowed"
        return Policy(), (Problem(codes.VERSIONING_FILE, message, VERSIONING_PATH),)
    fields = Fields(read_json(VERSIONING_PATH, source), codes.VERSIONING_FILE)
    fields.code = codes.VERSIONING_FIELD
    for member in fields.root.members if fields.root is not None else ():
        if member.key not in _FIELDS:
            message = f"there is no field {member.key[:40]!r}; {_hint(member.key, _FIELDS)}"
            fields.report(member.node, (member.key,), message)
    policy = Policy(
        severities=_severities(fields),
        private_tokens=_patterns(fields, "privateTokens", "."),
        private_components=_patterns(fields, "privateComponents", "/"),
    )
    return policy, tuple(fields.problems)


def not_a_file() -> Problem:
    """The fault of a versioning.json that is a symbolic link or submodule."""
    return Problem(codes.VERSIONING_FILE, f"{VERSIONING_PATH} must be a file of its own, no link", VERSIONING_PATH)


def _severities(fields: Fields) -> Mapping[Kind, Severity]:
    node = fields.mapping("changes")
    stated = {} if node is None else dict(filter(None, (_severity(fields, member) for member in node.members)))
    return MappingProxyType({**DEFAULT_POLICY, **stated})


def _severity(fields: Fields, member: Member) -> tuple[Kind, Severity] | None:
    steps = ("changes", member.key)
    if member.key not in set(Kind):
        message = f"there is no kind of change {member.key[:40]!r}; {_hint(member.key, [kind.value for kind in Kind])}"
        fields.report(member.node, steps, message)
        return None
    severity = _SEVERITIES.get(member.node.value) if member.node.kind == "string" else None
    if severity is None:
        fields.report(member.node, steps, f"a severity is {', '.join(_SEVERITIES)}, not {member.node.raw[:40]}")
        return None
    return Kind(member.key), severity


def _patterns(fields: Fields, key: str, separator: str) -> tuple[Glob, ...]:
    node = fields.get(key)
    if node is None:
        return ()
    if node.kind != "array":
        fields.report(node, (key,), f"{key} is {kind_of(node)}; it must be a list of patterns")
        return ()
    if len(node.items) > MAX_PATTERNS:
        fields.report(node, (key,), f"{key} lists {len(node.items)} patterns; {MAX_PATTERNS} are allowed")
        return ()
    found = (_pattern(fields, item, (key, at), separator) for at, item in enumerate(node.items))
    return tuple(glob for glob in found if glob is not None)


def _pattern(fields: Fields, node: Node, steps: tuple[str | int, ...], separator: str) -> Glob | None:
    if node.kind != "string":
        fields.report(node, steps, f"a pattern is {kind_of(node)}; it must be text")
        return None
    fault = "begins with '!'; list what is private only" if node.value.startswith("!") else None
    fault = fault or fault_of(node.value, separator)
    if fault is not None:
        fields.report(node, steps, f"the pattern {node.raw[:80]} {fault}")
        return None
    return Glob(node.value, separator)


def _hint(name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name[:80], known, 1)
    return f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"
