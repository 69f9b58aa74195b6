"""Writing components: small footprints in what exists, neat files where nothing does."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designsystem.components import ComponentEditError, write_component
from designsystem.problem import Invalid
from tests.designsystem.components.folders import DIRECTORY, component, written

META = b"""{
\t"name": "Button",
\t"x-team":   { "keep": [1,2] },
\t"props": {
\t\t"size": { "type": "string", "default": "md" },
\t\t"busy": { "type": "boolean" }
\t},
\t"category": "Actions"
}
""".replace(b"\n", b"\r\n")
FILES = {"component.json": META, "index.tsx": b"old\r\n", "README.md": b"# Button\n"}

schemas = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8", exclude_characters="\x00")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=8,
)


def lines_changed(before: bytes, after: bytes) -> list[tuple[bytes, bytes]]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    assert len(old) == len(new)
    return [(a, b) for a, b in zip(old, new, strict=True) if a != b]


def test_an_edit_of_one_prop_changes_one_line() -> None:
    props = {"size": {"type": "string", "default": "lg"}, "busy": {"type": "boolean"}}
    edits = write_component(DIRECTORY, FILES, {"props": props})
    assert edits.keys() == {"component.json"}
    assert lines_changed(META, edits["component.json"] or b"") == [
        (
            b'\t\t"size": { "type": "string", "default": "md" },\r\n',
            b'\t\t"size": { "type": "string", "default": "lg" },\r\n',
        )
    ]


def test_a_prop_is_added_and_another_removed_in_the_file_s_own_style() -> None:
    edits = write_component(DIRECTORY, FILES, {"props": {"busy": {"type": "boolean"}, "label": {"type": "string"}}})
    assert edits["component.json"] == META.replace(
        b'\t\t"size": { "type": "string", "default": "md" },\r\n', b""
    ).replace(b'{ "type": "boolean" }\r\n', b'{ "type": "boolean" },\r\n\t\t"label": { "type": "string" }\r\n')


def test_an_edit_that_changes_nothing_writes_nothing() -> None:
    fields = {"name": "Button", "category": "Actions", "code": "old\r\n", "documentation": "# Button\n"}
    assert write_component(DIRECTORY, FILES, fields) == {}
    assert write_component(DIRECTORY, FILES, {}) == {}


def test_code_and_documentation_are_replaced() -> None:
    edits = write_component(DIRECTORY, FILES, {"code": "new", "documentation": "# Größer\n"})
    assert edits == {"index.tsx": b"new", "README.md": "# Größer\n".encode()}


def test_a_readme_keeps_its_capitals() -> None:
    files = {"index.tsx": b"", "readme.md": b"a"}
    assert write_component(DIRECTORY, files, {"documentation": "b"}) == {"readme.md": b"b"}


def test_null_takes_away() -> None:
    edits = write_component(DIRECTORY, FILES, {"documentation": None, "category": None})
    assert edits["README.md"] is None
    assert b"category" not in (edits["component.json"] or b"")
    assert component(written(FILES, edits)).category == ""


def test_a_new_component_gets_neat_files() -> None:
    fields = {
        "name": "Button",
        "category": "Actions",
        "props": {"size": {"type": "string", "enum": ["sm", "md"]}},
        "code": "export {};\n",
        "documentation": "# Button\n",
    }
    edits = write_component(DIRECTORY, {}, fields)
    assert edits == {
        "index.tsx": b"export {};\n",
        "README.md": b"# Button\n",
        "component.json": b"""{
  "name": "Button",
  "category": "Actions",
  "entry": "index.tsx",
  "props": {
    "size": {
      "type": "string",
      "enum": ["sm", "md"]
    }
  }
}
""",
    }


def test_a_new_component_needs_no_code() -> None:
    edits = write_component(DIRECTORY, {}, {"name": "Push button", "id": UUID(int=5)})
    assert json.loads(edits["component.json"] or b"") == {
        "id": "00000000-0000-0000-0000-000000000005",
        "name": "Push button",
        "category": "",
        "props": {},
    }


def test_code_of_a_component_by_habit_goes_where_it_was() -> None:
    assert write_component(DIRECTORY, {"Button.vue": b"a"}, {"code": "b"}) == {"Button.vue": b"b"}


def test_metadata_of_a_component_by_habit_makes_a_component_json() -> None:
    edits = write_component(DIRECTORY, {"Button.vue": b"a"}, {"category": "Actions"})
    assert json.loads(edits["component.json"] or b"") == {
        "name": "Button",
        "category": "Actions",
        "entry": "Button.vue",
        "props": {},
    }


def test_another_entry_moves_the_code() -> None:
    edits = write_component(DIRECTORY, FILES, {"entry": "Button.tsx"})
    assert edits["Button.tsx"] == b"old\r\n" and edits["index.tsx"] is None
    after = component(written(FILES, edits))
    assert (after.entry, after.code) == ("Button.tsx", "old\r\n")


def test_an_entry_that_exists_is_only_pointed_at() -> None:
    files = {**FILES, "other.tsx": b"other"}
    edits = write_component(DIRECTORY, files, {"entry": "other.tsx"})
    assert edits.keys() == {"component.json"}
    assert component(written(files, edits)).code == "other"


def test_code_goes_to_the_entry_that_component_json_names() -> None:
    files = {"component.json": b'{"entry": "src/main.ts"}', "index.ts": b"not this"}
    edits = write_component(DIRECTORY, files, {"code": "x"})
    assert edits == {"src/main.ts": b"x"}


def test_taking_the_code_away_takes_the_entry_too() -> None:
    files = {"component.json": b'{"name": "B", "entry": "index.tsx"}', "index.tsx": b"x"}
    edits = write_component(DIRECTORY, files, {"code": None})
    assert edits == {"component.json": b'{"name": "B"}', "index.tsx": None}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": None}, "name"),
        ({"name": " "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "x" * 300}, "name"),
        ({"category": 5}, "category"),
        ({"props": []}, "props"),
        ({"props": {"a": float("nan")}}, "props"),
        ({"code": "a\x00"}, "code"),
        ({"code": "\ud800"}, "code"),
        ({"code": "x" * 2_000_000}, "code"),
        ({"entry": "../x.ts"}, "entry"),
        ({"entry": "missing.ts", "code": None}, "entry"),
        ({"id": "42"}, "id"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_unusable_fields_are_refused_by_name(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(ComponentEditError) as caught:
        write_component(DIRECTORY, FILES, fields)
    assert caught.value.field == field


@pytest.mark.parametrize("meta", [b"{", b"[]", b'{"a": 1, "a": 2}', b"\xff"])
def test_a_component_json_that_cannot_be_read_is_not_edited(meta: bytes) -> None:
    with pytest.raises(Invalid):
        write_component(DIRECTORY, {"component.json": meta, "index.tsx": b""}, {"category": "x"})


@given(
    st.dictionaries(st.text("abcd", min_size=1), schemas, max_size=4),
    st.dictionaries(st.text("abcd", min_size=1), schemas, max_size=4),
)
def test_what_is_written_is_what_is_read(before: dict[str, Any], after: dict[str, Any]) -> None:
    start = write_component(DIRECTORY, {}, {"name": "B", "props": before})["component.json"] or b""
    edits = write_component(DIRECTORY, {"component.json": start}, {"props": after})
    assert json.loads(edits.get("component.json", start) or b"")["props"] == after
