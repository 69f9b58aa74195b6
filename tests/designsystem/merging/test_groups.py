"""Guards: what a group says, and its name, go where its tokens go, whichever side did what."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from designsystem.merging.conflict import Side
from tests.designsystem.merging.token_files import FILE, content, merge, number

RED = {"$type": "number", "$description": "Old", "a": {"$value": 1}, "deep": {"b": {"$value": 2}}, "c": {"$value": 3}}


@pytest.mark.parametrize("said", [{"$description": "New"}, {"$deprecated": True}, {"$extensions": {"x": 1}}])
@pytest.mark.parametrize("place", [("rouge",), ("warm", "red")])
def test_what_a_group_says_goes_where_the_group_went(said: dict[str, Any], place: tuple[str, ...]) -> None:
    base = {"c": {"red": RED, "blue": number(4)}}
    edited = {"c": {"red": {**RED, **said, "a": {"$value": 9}}, "blue": number(4)}}
    moved: Any = deepcopy(RED)
    for name in reversed(place):
        moved = {name: moved}
    renamed = {"c": {**moved, "blue": number(4)}, "x": {"$value": f"{{c.{'.'.join(place)}.a}}"}}
    for ours, theirs in ((renamed, edited), (edited, renamed)):
        merged = merge(base, ours, theirs)
        assert merged.conflicts == ()
        found = content(merged)["c"]
        assert "red" not in found
        for name in place:
            found = found[name]
        assert {key: value for key, value in found.items() if key[:1] == "$"} == {
            "$type": "number", "$description": "Old", **said,
        }  # fmt: skip
        assert (found["a"]["$value"], found["deep"]["b"]["$value"]) == (9, 2)


def test_a_group_that_they_rename_keeps_our_formatting() -> None:
    ours = '{"c": {"red":{ "$type": "number",  "a": {"$value":1},\n "b": {"$value":2, "mine": [1,2]} }}}\n'
    base = {"c": {"red": {"$type": "number", "a": {"$value": 1}, "b": {"$value": 2}}}}
    ours = ours.replace('"$value":1', '"$value":5')
    found = merge(base, ours, {"c": {"rouge": base["c"]["red"]}}).files[FILE].decode()
    assert found == ours.replace('"red"', '"rouge"')


def test_both_say_something_else_of_a_group_that_one_renamed() -> None:
    def red(name: str, text: str) -> dict[str, Any]:
        return {"c": {name: {**RED, "$description": text}}}

    for ours, theirs in ((red("rouge", "Theirs"), red("red", "Ours")), (red("red", "Ours"), red("rouge", "Theirs"))):
        merged = merge(red("red", "Old"), ours, theirs)
        (conflict,) = merged.conflicts
        assert (conflict.path, conflict.field, conflict.base) == ("c.red", "$description", "Old")
        settled = merge(red("red", "Old"), ours, theirs, decide=lambda _: Side.THEIRS)
        assert content(settled)["c"]["rouge"]["$description"] == next(iter(theirs["c"].values()))["$description"]


def test_a_group_goes_with_its_own_tokens_where_what_is_below_went_elsewhere() -> None:
    inner = {"a": number(5), "b": number(6)}
    base = {"c": {"red": {"x": number(1), "y": number(2), "red": inner}}}
    edited = {"c": {"red": {"$description": "New", "x": number(1), "y": number(2), "red": inner}}}
    moved = {"c": {"rouge": {"x": number(1), "y": number(2)}, "other": {"red": inner}}}
    for ours, theirs in ((moved, edited), (edited, moved)):
        merged = merge(base, ours, theirs)
        assert merged.conflicts == ()
        wanted = {"c": {**moved["c"], "rouge": {**moved["c"]["rouge"], "$description": "New"}}}
        assert content(merged) == wanted


@pytest.mark.parametrize("place", [["red"], ["deep", "red"]])
def test_what_one_side_says_of_a_group_outlives_its_tokens(place: list[str]) -> None:
    """Whichever side it was, and also where the group is new and holds nothing yet."""

    def inside(group: dict[str, Any] | None) -> dict[str, Any]:
        found: dict[str, Any] = {} if group is None else {place[-1]: group}
        for name in reversed(place[:-1]):
            found = {name: found} if found else {}
        return {"c": {"x": number(1), **found}}

    said = {"$description": "New"}
    for base, deleted, edited in (
        (inside(RED), inside(None), inside({**RED, **said})),
        (inside(None), inside(None), inside(said)),
    ):
        for ours, theirs in ((deleted, edited), (edited, deleted)):
            merged = merge(base, ours, theirs)
            assert merged.conflicts == ()
            group = content(merged)["c"]
            for name in place:
                group = group[name]
            assert group["$description"] == "New"
            assert not any(isinstance(each, dict) and "$value" in each for each in group.values())
    unchanged = merge(inside(RED), inside(None), inside(RED))
    assert content(unchanged) == inside(None)


def test_a_group_that_lost_only_some_tokens_stays() -> None:
    base = {"c": {"red": RED}}
    moved = {"c": {"red": {**RED, "new": {"$value": 5}}}}
    theirs = {"c": {"rouge": RED}}
    found = content(merge(base, moved, theirs))["c"]
    assert found["red"]["new"] == {"$value": 5} and found["red"]["$type"] == "number"
    assert found["rouge"]["a"]["$value"] == 1 and found["rouge"]["$description"] == "Old"
