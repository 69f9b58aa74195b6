"""Reading component folders: with component.json, by habit, and with faults."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from designsystem import codes
from designsystem.components import component_id
from designsystem.components.component import Component
from designsystem.components.reading import MAX_TEXT
from tests.designsystem.components.folders import DIRECTORY, as_json, component, read

ID = "8c6d3f0e-3c55-4b8e-9a5e-0f3a1c2b4d5e"
SYSTEM = UUID("00000000-0000-4000-8000-000000000001")


def codes_of(files: dict[str, bytes]) -> list[tuple[str, str, str]]:
    return [(problem.code, problem.pointer, problem.severity) for problem in read(files)[1]]


def test_a_full_component() -> None:
    props = {"size": {"type": "string", "enum": ["sm", "md"], "default": "md"}}
    meta = as_json(id=ID, name="Push button", category="Actions", description="D", entry="./main.tsx", props=props, x=1)
    found = component({"component.json": meta, "main.tsx": b"code", "README.md": "# Büro\r\n".encode()})
    assert found == Component(
        UUID(ID), DIRECTORY, "Push button", "Actions", props, "code", "# Büro\r\n", "main.tsx", "D"
    )


def test_a_folder_without_component_json_is_read_by_habit() -> None:
    found = component({"index.ts": b"a", "index.tsx": b"b", "readme.MD": b"doc"})
    assert (found.name, found.category, found.props) == ("Button", "", {})
    assert (found.entry, found.code, found.documentation, found.id_in_file) == ("index.tsx", "b", "doc", None)


@pytest.mark.parametrize(
    ("directory", "names", "entry"),
    [
        ("components/Button", ["Button.tsx", "Button.test.tsx"], "Button.tsx"),
        ("components/button-group", ["ButtonGroup.vue"], "ButtonGroup.vue"),
        ("components/Button", ["Button.svelte", "index.js"], "index.js"),
        ("components/Button", ["styles.css", "Button.stories.tsx"], None),
        ("components/Button", ["README.md"], None),
    ],
)
def test_entries_by_habit(directory: str, names: list[str], entry: str | None) -> None:
    found, _ = read(dict.fromkeys(names, b"x"), directory)
    assert (found.entry if found else None) == entry


def test_a_folder_with_neither_is_no_component() -> None:
    assert read({"styles.css": b"", "README.md": b""}) == (None, [])


def test_component_json_alone_is_a_component() -> None:
    found = component({"component.json": b"{}"})
    assert (found.name, found.code, found.entry) == ("Button", None, None)


def test_an_entry_in_a_sub_folder_is_read() -> None:
    found = component({"component.json": as_json(entry="src/Button.tsx"), "src/Button.tsx": b"deep"})
    assert (found.entry, found.code) == ("src/Button.tsx", "deep")


@pytest.mark.parametrize(
    ("meta", "code", "pointer"),
    [
        ({"id": "42"}, codes.COMPONENT_ID, "/id"),
        ({"id": f"{{{ID}}}"}, codes.COMPONENT_ID, "/id"),
        ({"id": 42}, codes.COMPONENT_SHAPE, "/id"),
        ({"name": ["a"]}, codes.COMPONENT_SHAPE, "/name"),
        ({"name": " "}, codes.COMPONENT_SHAPE, "/name"),
        ({"category": "a\u0000b"}, codes.COMPONENT_SHAPE, "/category"),
        ({"entry": "missing.tsx"}, codes.COMPONENT_ENTRY, "/entry"),
        ({"entry": "src/missing.tsx"}, codes.COMPONENT_ENTRY, "/entry"),
        ({"entry": "../Other/index.tsx"}, codes.COMPONENT_ENTRY, "/entry"),
        ({"entry": "/etc/passwd"}, codes.COMPONENT_ENTRY, "/entry"),
        ({"entry": "component.json"}, codes.COMPONENT_ENTRY, "/entry"),
        ({"props": [{"name": "size"}]}, codes.COMPONENT_SHAPE, "/props"),
        ({"props": {"size": "string"}}, codes.PROP_SCHEMA, "/props/size"),
        ({"props": {"size": {"type": 5}}}, codes.PROP_SCHEMA, "/props/size/type"),
        ({"props": {"size": {"type": []}}}, codes.PROP_SCHEMA, "/props/size/type"),
        ({"props": {"size": {"enum": "a|b"}}}, codes.PROP_SCHEMA, "/props/size/enum"),
        ({"props": {"size": {"required": "yes"}}}, codes.PROP_SCHEMA, "/props/size/required"),
        ({"props": {"size": {"minimum": "1"}}}, codes.PROP_SCHEMA, "/props/size/minimum"),
        ({"props": {"size": {"maxLength": -1}}}, codes.PROP_SCHEMA, "/props/size/maxLength"),
        ({"props": {"a/b": {"items": {"type": 1}}}}, codes.PROP_SCHEMA, "/props/a~1b/items/type"),
        ({"props": {"a": {"anyOf": {}}}}, codes.PROP_SCHEMA, "/props/a/anyOf"),
        ({"props": {"a": {"properties": {"b": 1}}}}, codes.PROP_SCHEMA, "/props/a/properties/b"),
        ({"props": {" ": {}}}, codes.COMPONENT_SHAPE, "/props/ "),
    ],
)
def test_faults_are_errors_with_their_place(meta: dict[str, Any], code: str, pointer: str) -> None:
    assert codes_of({"component.json": as_json(**meta), "index.tsx": b""}) == [(code, pointer, "error")]


@pytest.mark.parametrize(
    ("schema", "keyword"),
    [
        ({"type": "ReactNode"}, "type"),
        ({"type": ["string", "func"]}, "type"),
        ({"enum": []}, "enum"),
        ({"enum": ["a", "b"], "default": "c"}, "default"),
        ({"enum": [1], "default": True}, "default"),
        ({"type": "boolean", "default": "false"}, "default"),
        ({"type": "integer", "default": 1.5}, "default"),
    ],
)
def test_contradictions_are_warnings(schema: dict[str, Any], keyword: str) -> None:
    found = codes_of({"component.json": as_json(props={"p": schema})})
    assert found == [(codes.PROP_DOUBTFUL, f"/props/p/{keyword}", "warning")]


@pytest.mark.parametrize(
    "schema",
    [
        {},
        True,
        {"type": ["string", "null"], "default": None},
        {"type": "integer", "default": 2.0},
        {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
        {"type": "array", "items": {"type": "string"}, "default": []},
        {"required": True},
        {"$ref": "#/$defs/x"},
        {"x-own": {"type": 5}},
    ],
)
def test_sound_schemas_pass(schema: Any) -> None:
    assert codes_of({"component.json": as_json(props={"p": schema})}) == []


def test_a_problem_points_at_line_and_column() -> None:
    _, problems = read({"component.json": b'{\n  "name": "B",\n  "props": {\n    "size": {"type": 5}\n  }\n}'})
    assert [(p.path, p.line, p.column, p.subject) for p in problems] == [
        ("components/Button/component.json", 4, 22, "Button")
    ]


def test_a_malformed_component_json_leaves_what_habit_finds() -> None:
    found, problems = read({"component.json": b'{"name": "B",}', "index.tsx": b"code"})
    assert [problem.code for problem in problems] == [codes.NOT_JSON]
    assert found is not None
    assert (found.name, found.code) == ("Button", "code")


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a\x00b"])
def test_binary_code_is_not_read(data: bytes) -> None:
    found, problems = read({"index.tsx": data})
    assert [(p.code, p.severity, p.path) for p in problems] == [
        (codes.COMPONENT_TEXT, "warning", "components/Button/index.tsx")
    ]
    assert found is not None and found.code is None and found.entry == "index.tsx"


def test_files_beyond_the_limits_are_not_read() -> None:
    assert codes_of({"index.tsx": b" " * (MAX_TEXT + 1)}) == [(codes.COMPONENT_TOO_LARGE, "", "warning")]
    assert codes_of({"component.json": b" " * (MAX_TEXT + 1)}) == [(codes.COMPONENT_TOO_LARGE, "", "error")]


def test_deeply_nested_schemas_are_refused_not_followed() -> None:
    schema: dict[str, Any] = {}
    for _ in range(30):
        schema = {"items": schema}
    assert [code for code, _, _ in codes_of({"component.json": as_json(props={"p": schema})})] == [codes.PROP_SCHEMA]


def test_the_id_is_the_explicit_one_or_made_of_the_directory() -> None:
    explicit = Component(UUID(ID), DIRECTORY, "Button")
    assert component_id(SYSTEM, explicit) == UUID(ID)
    default = Component(None, DIRECTORY, "Button")
    assert component_id(SYSTEM, default) == component_id(SYSTEM, Component(None, DIRECTORY, "Renamed"))
    assert component_id(SYSTEM, default) != component_id(SYSTEM, Component(None, "components/Other", "Button"))
