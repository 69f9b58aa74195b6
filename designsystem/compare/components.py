"""What changed among components: added, removed, renamed, their props, code and documentation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from designsystem.compare.change import DEFAULT_POLICY, Change, Kind
from designsystem.compare.tokens import Policy
from designsystem.components.component import Component
from designsystem.jsontext.values import equal

_TEXTS = frozenset({"description", "title", "examples", "example", "$comment", "default", "deprecated"})
"""Members of a prop's schema whose change breaks nobody."""


def compare_components(
    old: Iterable[Component], new: Iterable[Component], *, policy: Policy = DEFAULT_POLICY
) -> list[Change]:
    """Every change by component; the same one is that with the same id in its file, else in the same folder, else of
    those that came and went one that is made of the same code and props."""
    before, after = _keyed(old), _keyed(new)
    changes: list[Change] = []
    for one, other, confidence in _moved(before, after):
        changes += _altered(before.pop(one), after.pop(other), policy, confidence)
    for key in before.keys() | after.keys():
        a, b = before.get(key), after.get(key)
        if a is None and b is not None:
            changes.append(Change(Kind.COMPONENT_ADDED, b.directory, policy[Kind.COMPONENT_ADDED], after=b.name))
        elif b is None and a is not None:
            changes.append(Change(Kind.COMPONENT_REMOVED, a.directory, policy[Kind.COMPONENT_REMOVED], before=a.name))
        elif a is not None and b is not None and a != b:
            changes += _altered(a, b, policy)
    return sorted(changes, key=lambda change: (change.subject, list(Kind).index(change.kind), change.field))


def _keyed(components: Iterable[Component]) -> dict[str, Component]:
    return {str(each.id_in_file or each.directory): each for each in components}


def _moved(before: Mapping[str, Component], after: Mapping[str, Component]) -> list[tuple[str, str, float]]:
    """Folders that were renamed with what is in them: the same name and code, else the same code and props."""
    found: list[tuple[str, str, float]] = []
    come = {key: each for key, each in after.items() if key not in before}
    for key, a in before.items():
        likely = [(_likeness(a, b), other) for other, b in come.items()] if key not in after else []
        sure, other = max(likely, default=(0.0, ""))
        if sure and sum(likeness == sure for likeness, _ in likely) == 1:
            del come[other]
            found.append((key, other, sure))
    return found


def _likeness(a: Component, b: Component) -> float:
    if a.id_in_file is not None or not a.code or a.code != b.code:
        return 0.0
    if a.name == b.name:
        return 0.9
    return 0.7 if equal(dict(a.props), dict(b.props)) else 0.0


def _altered(a: Component, b: Component, policy: Policy, confidence: float = 1.0) -> Iterator[Change]:
    if a.name != b.name:
        yield Change(
            Kind.COMPONENT_RENAMED, b.directory, policy[Kind.COMPONENT_RENAMED], before=a.name, after=b.name,
            old_subject=a.directory, confidence=confidence,
        )  # fmt: skip
    elif a.directory != b.directory:
        yield Change(
            Kind.COMPONENT_MOVED, b.directory, policy[Kind.COMPONENT_MOVED], before=a.directory, after=b.directory,
            old_subject=a.directory, confidence=confidence,
        )  # fmt: skip
    for name in a.props.keys() | b.props.keys():
        yield from _prop(b.directory, name, a.props.get(name), b.props.get(name), policy)
    if a.code != b.code or a.entry != b.entry:
        yield Change(Kind.CODE, b.directory, policy[Kind.CODE], before=a.entry, after=b.entry)
    if a.documentation != b.documentation or a.description != b.description or a.category != b.category:
        yield Change(Kind.DOCUMENTATION, b.directory, policy[Kind.DOCUMENTATION])


def _prop(directory: str, name: str, a: Any, b: Any, policy: Policy) -> Iterator[Change]:
    if equal(a, b):
        return
    if a is None:
        kind = Kind.PROP_REQUIRED if is_required(b) else Kind.PROP_ADDED
        yield Change(kind, directory, policy[kind], field=name, after=b)
        return
    if b is None:
        yield Change(Kind.PROP_REMOVED, directory, policy[Kind.PROP_REMOVED], field=name, before=a)
        return
    shown = {"field": name, "before": a, "after": b}
    if is_required(a) != is_required(b):
        kind = Kind.PROP_REQUIRED if is_required(b) else Kind.PROP_OPTIONAL
        yield Change(kind, directory, policy[kind], **shown)
    if _is_wider(a, b):
        yield Change(Kind.PROP_WIDENED, directory, policy[Kind.PROP_WIDENED], **shown)
    elif not equal(_shape(a), _shape(b)):
        yield Change(Kind.PROP_RETYPED, directory, policy[Kind.PROP_RETYPED], **shown)
    elif is_required(a) == is_required(b):
        yield Change(Kind.PROP_TEXT, directory, policy[Kind.PROP_TEXT], **shown)


def is_required(prop: Any) -> bool:
    """Whether a prop must be given: ``required: true`` beside its schema, as component.json has it."""
    return isinstance(prop, Mapping) and prop.get("required") is True


def _is_wider(a: Any, b: Any) -> bool:
    """Whether a prop takes everything that it took, and more: further values of an enumeration, nothing else."""
    one, other = _shape(a), _shape(b)
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return False
    few, many = one.pop("enum", None), other.pop("enum", None)
    if not (isinstance(few, list) and isinstance(many, list) and equal(one, other)) or len(few) >= len(many):
        return False
    return all(any(equal(value, taken) for taken in many) for value in few)


def _shape(prop: Any) -> Any:
    """What a prop takes, without what only describes it."""
    if not isinstance(prop, Mapping):
        return prop
    return {key: value for key, value in prop.items() if key not in _TEXTS and key != "required"}
