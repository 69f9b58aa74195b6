"""Patching the top-level fields of a JSON file."""

from __future__ import annotations

import pytest

from designsystem import codes
from designsystem.patch import patch_object
from designsystem.problem import Invalid

SOURCE = b'\xef\xbb\xbf{\r\n    "a": 1.0,\r\n    "b" : {"x": 1, "y": [1, 2]}\r\n}'


def test_equal_values_leave_every_byte() -> None:
    assert patch_object("f.json", SOURCE, {"a": 1, "b": {"y": [1, 2], "x": 1}}, [], codes.MANIFEST_SHAPE) is SOURCE


def test_only_the_member_that_differs_is_written() -> None:
    patched = patch_object("f.json", SOURCE, {"b": {"x": 2, "y": [1, 2]}}, [], codes.MANIFEST_SHAPE)
    assert patched == SOURCE.replace(b'"x": 1', b'"x": 2')


def test_a_field_is_removed_with_its_comma() -> None:
    assert patch_object("f.json", b'{"a": 1, "b": 2}', {}, ["a", "missing"], codes.MANIFEST_SHAPE) == b'{"b": 2}'


def test_setting_wins_over_removing() -> None:
    assert patch_object("f.json", b'{"a": 1}', {"a": 2}, ["a"], codes.MANIFEST_SHAPE) == b'{"a": 2}'


@pytest.mark.parametrize(("source", "code"), [(b"[]", codes.MANIFEST_SHAPE), (b"{", codes.NOT_JSON)])
def test_what_is_no_object_is_refused(source: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        patch_object("f.json", source, {"a": 1}, [], codes.MANIFEST_SHAPE)
    assert [problem.code for problem in caught.value.problems] == [code]
