"""What differs between two states of a component's props, place by place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from designsystem.jsontext.values import equal

MOST_PARTS = 5_000
"""Values in one prop's two schemas from which on it is told as a whole: comparing long lists takes long."""
LONGEST_ALIGNED = 200
"""Items of a list up to which insertions are recognised; a longer one is compared item by item."""

_KINDS = {
    "dictionary_item_added": "added",
    "iterable_item_added": "added",
    "attribute_added": "added",
    "dictionary_item_removed": "removed",
    "iterable_item_removed": "removed",
    "attribute_removed": "removed",
    "type_changes": "retyped",
    "values_changed": "changed",
}


class Difference(StrEnum):
    """What became of one value. Values are stable: they stand in answers."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RETYPED = "retyped"


@dataclass(frozen=True, slots=True)
class PropDifference:
    """One place: ``prop`` is the prop's name, ``pointer`` leads from its schema to the value (RFC 6901, "" is all of
    it); what was not there before, or is not there after, is None."""

    kind: Difference
    prop: str
    pointer: str
    before: Any = None
    after: Any = None


def prop_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[PropDifference]:
    """Every place in which two states of the props differ, by prop; numbers of equal value do not."""
    found: list[PropDifference] = []
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            found.append(PropDifference(Difference.ADDED, name, "", None, after[name]))
        elif name not in after:
            found.append(PropDifference(Difference.REMOVED, name, "", before[name], None))
        elif not equal(before[name], after[name]):
            found += _within(name, before[name], after[name])
    return found


def _within(name: str, before: Any, after: Any) -> list[PropDifference]:
    parts, longest = _measure([before, after])
    if parts > MOST_PARTS:
        return [PropDifference(Difference.CHANGED, name, "", before, after)]
    # late: the import takes a tenth of a second, and few processes compare props
    from deepdiff import DeepDiff
    from deepdiff.helper import notpresent

    found = []
    tree = DeepDiff(before, after, view="tree", zip_ordered_iterables=longest > LONGEST_ALIGNED)
    for kind, places in tree.items():
        for place in places:
            old, new = (None if side is notpresent else side for side in (place.t1, place.t2))
            if kind in ("type_changes", "values_changed") and equal(old, new):  # 1 and 1.0
                continue
            pointer = "".join(_step(part) for part in place.path(output_format="list"))
            found.append(PropDifference(Difference(_KINDS[kind]), name, pointer, old, new))
    return sorted(found, key=lambda each: (each.pointer, each.kind))


def _step(part: object) -> str:
    return "/" + str(part).replace("~", "~0").replace("/", "~1")


def _measure(values: list[Any]) -> tuple[int, int]:
    """How many values there are in these, and the length of the longest list."""
    longest = parts = 0
    for value in _all(values):
        parts += 1
        longest = max(longest, len(value)) if isinstance(value, list) else longest
        if parts > MOST_PARTS:
            break
    return parts, longest


def _all(values: list[Any]) -> Iterator[Any]:
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        yield value
        waiting.extend(value if isinstance(value, list) else value.values() if isinstance(value, Mapping) else ())
