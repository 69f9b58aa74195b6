"""One change, and how much it asks of those who use the design system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final


class Severity(StrEnum):
    """The part of the next version that a change raises (Semantic Versioning 2.0.0); the later asks more."""

    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


class Kind(StrEnum):
    """What may happen to a token or component. Values are stable: they stand in reports and policies."""

    TOKEN_ADDED = "token-added"
    TOKEN_REMOVED = "token-removed"
    TOKEN_RENAMED = "token-renamed"
    TOKEN_MOVED = "token-moved"
    TOKEN_RETYPED = "token-retyped"
    TOKEN_VALUE = "token-value"
    TOKEN_ALIAS = "token-alias"
    TOKEN_RESOLVED = "token-resolved"
    TOKEN_DEPRECATED = "token-deprecated"
    TOKEN_RESTORED = "token-restored"
    TOKEN_TEXT = "token-text"
    CONTEXT_ADDED = "context-added"
    CONTEXT_REMOVED = "context-removed"
    COMPONENT_ADDED = "component-added"
    COMPONENT_REMOVED = "component-removed"
    COMPONENT_RENAMED = "component-renamed"
    COMPONENT_MOVED = "component-moved"
    PROP_ADDED = "prop-added"
    PROP_REMOVED = "prop-removed"
    PROP_RETYPED = "prop-retyped"
    PROP_WIDENED = "prop-widened"
    PROP_REQUIRED = "prop-required"
    PROP_OPTIONAL = "prop-optional"
    PROP_TEXT = "prop-text"
    CODE = "code"
    DOCUMENTATION = "documentation"


DEFAULT_POLICY: Final[Mapping[Kind, Severity]] = MappingProxyType(
    {
        **dict.fromkeys(Kind, Severity.PATCH),
        Kind.TOKEN_REMOVED: Severity.MAJOR,
        Kind.TOKEN_RENAMED: Severity.MAJOR,
        Kind.TOKEN_RETYPED: Severity.MAJOR,
        Kind.CONTEXT_REMOVED: Severity.MAJOR,
        Kind.COMPONENT_REMOVED: Severity.MAJOR,
        Kind.COMPONENT_RENAMED: Severity.MAJOR,
        Kind.PROP_REMOVED: Severity.MAJOR,
        Kind.PROP_RETYPED: Severity.MAJOR,
        Kind.PROP_REQUIRED: Severity.MAJOR,
        Kind.TOKEN_ADDED: Severity.MINOR,
        Kind.TOKEN_MOVED: Severity.MINOR,
        Kind.TOKEN_DEPRECATED: Severity.MINOR,
        Kind.TOKEN_RESTORED: Severity.MINOR,
        Kind.CONTEXT_ADDED: Severity.MINOR,
        Kind.COMPONENT_ADDED: Severity.MINOR,
        Kind.PROP_ADDED: Severity.MINOR,
        Kind.PROP_OPTIONAL: Severity.MINOR,
        Kind.PROP_WIDENED: Severity.MINOR,
    }
)
"""What breaks users is major, what gives them something is minor, everything else patch. A token that was renamed and
left an alias behind (TOKEN_MOVED) breaks nobody yet."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one thing.

    ``subject`` is a token path or a component's directory as it now is (or was, where it is gone), ``field`` a prop's
    name; ``before`` and ``after`` are what a reader compares: values, types, paths. ``confidence`` is 1 for what is
    certain, less for a rename that was only recognised by its value and place. ``replaced_by`` is the path of the token
    to use instead of one that went or is deprecated, where its files say so; ``contexts`` the inputs (``theme=dark``)
    of the permutations in which a change shows, empty for one that shows in the system's own tokens.
    """

    kind: Kind
    subject: str
    severity: Severity
    field: str = ""
    before: Any = None
    after: Any = None
    old_subject: str | None = None
    confidence: float = 1.0
    type: str | None = None
    replaced_by: str | None = None
    contexts: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The machine form."""
        found: dict[str, Any] = {"kind": self.kind.value, "subject": self.subject, "severity": self.severity.value}
        if self.field:
            found["field"] = self.field
        if self.type is not None:
            found["type"] = self.type
        if self.old_subject is not None:
            found |= {"old_subject": self.old_subject, "confidence": self.confidence}
        if self.replaced_by is not None:
            found["replaced_by"] = self.replaced_by
        if self.contexts:
            found["contexts"] = list(self.contexts)
        return found | {"before": self.before, "after": self.after}


def strongest(changes: Iterable[Change]) -> Severity | None:
    """What all of them together ask for; None where nothing changed."""
    order = list(Severity)
    return max((change.severity for change in changes), key=order.index, default=None)
