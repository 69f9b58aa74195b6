"""The manifest: defaults, strict reading with positions, and what belongs to what."""

from __future__ import annotations

import json
from typing import Any

import pytest

from designsystem import codes
from designsystem.manifest import MAX_BYTES, Manifest, edit_manifest, initial_manifest, parse_manifest
from designsystem.problem import Invalid


def parse(document: Any) -> tuple[Manifest, list[str]]:
    manifest, problems = parse_manifest(json.dumps(document).encode())
    return manifest, [problem.code for problem in problems]


def test_no_manifest_means_the_usual_layout() -> None:
    manifest, problems = parse_manifest(None)
    assert (manifest, problems) == (Manifest(), [])
    assert manifest.is_token_file("tokens/color.tokens.json")
    assert manifest.is_token_file("tokens/brand/a.tokens")
    assert manifest.is_token_file("brand.tokens.json")
    assert not manifest.is_token_file("components/Button/button.tokens.json")
    assert not manifest.is_token_file("tokens/README.md")


def test_a_manifest_is_read() -> None:
    manifest, problems = parse(
        {
            "schemaVersion": 1,
            "name": "Acme UI",
            "description": "Ours\nand yours",
            "version": "1.2.0",
            "tokens": "./src/tokens/",
            "components": ["packages/react/src/*", "!packages/react/src/internal"],
            "strict": True,
            "x-own": {"kept": True},
        }
    )
    assert problems == []
    assert (manifest.name, manifest.version, manifest.strict) == ("Acme UI", "1.2.0", True)
    assert manifest.tokens == ("src/tokens",)
    assert manifest.is_token_file("src/tokens/deep/a.json")
    assert manifest.component_directory("packages/react/src/internal/a.tsx") is None


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ([], codes.MANIFEST_SHAPE),
        ({"name": 5}, codes.MANIFEST_SHAPE),
        ({"name": "a\nb"}, codes.MANIFEST_SHAPE),
        ({"name": "x" * 300}, codes.MANIFEST_SHAPE),
        ({"description": None}, codes.MANIFEST_SHAPE),
        ({"version": "one"}, codes.MANIFEST_SHAPE),
        ({"strict": "yes"}, codes.MANIFEST_SHAPE),
        ({"resolver": 1}, codes.MANIFEST_SHAPE),
        ({"resolver": "../up.resolver.json"}, codes.MANIFEST_SHAPE),
        ({"resolver": "/root.resolver.json"}, codes.MANIFEST_SHAPE),
        ({"resolver": "themes.yaml"}, codes.MANIFEST_SHAPE),
        ({"resolver": "designsystem.json"}, codes.MANIFEST_SHAPE),
        ({"tokens": {"a": 1}}, codes.MANIFEST_SHAPE),
        ({"tokens": [1]}, codes.MANIFEST_SHAPE),
        ({"tokens": ["../a"]}, codes.MANIFEST_GLOB),
        ({"components": ["/a"]}, codes.MANIFEST_GLOB),
        ({"tokens": ["a"] * 65}, codes.MANIFEST_GLOB),
        ({"schemaVersion": 2}, codes.MANIFEST_SCHEMA_VERSION),
        ({"schemaVersion": "1"}, codes.MANIFEST_SCHEMA_VERSION),
    ],
)
def test_a_field_of_the_wrong_kind_is_a_problem_and_falls_back(document: Any, code: str) -> None:
    manifest, found = parse(document)
    assert found == [code]
    assert manifest.name == ""


def test_problems_point_at_the_value() -> None:
    _, problems = parse_manifest(b'{\n  "tokens": [\n    "ok/*.json",\n    "../up"\n  ]\n}')
    assert [(p.path, p.line, p.column, p.pointer) for p in problems] == [("designsystem.json", 4, 5, "/tokens/1")]


def test_malformed_json_is_one_problem_and_the_defaults() -> None:
    manifest, problems = parse_manifest(b'{"name": "Acme",\n}')
    assert manifest == Manifest()
    assert [problem.code for problem in problems] == [codes.NOT_JSON]
    assert problems[0].line == 1


def test_bytes_that_are_not_text_and_huge_files_are_refused() -> None:
    assert [p.code for p in parse_manifest(b"\xff\xfe{\x00}\x00")[1]] == [codes.NOT_UTF8]
    assert [p.code for p in parse_manifest(b" " * (MAX_BYTES + 1))[1]] == [codes.MANIFEST_TOO_LARGE]


def test_files_with_a_meaning_of_their_own_are_never_token_files() -> None:
    manifest = Manifest(tokens=("**/*.json",))
    assert manifest.is_token_file("a/colors.json")
    assert not manifest.is_token_file("designsystem.json")
    assert not manifest.is_token_file("components/Button/component.json")
    assert not manifest.is_token_file("themes.resolver.json")


@pytest.mark.parametrize(
    ("components", "path", "directory"),
    [
        (("components/*",), "components/Button/index.tsx", "components/Button"),
        (("components/*",), "components/Button/sub/x.tsx", "components/Button"),
        (("components/*",), "components/index.ts", None),
        (("components/*",), "README.md", None),
        (("components/*/*", "components/*"), "components/forms/Input/index.tsx", "components/forms"),
        (("components/*/*",), "components/forms/Input/index.tsx", "components/forms/Input"),
        (("components/**",), "components/forms/Input/index.tsx", "components/forms"),
        (("components/*",), "components/node_modules/a/index.js", None),
    ],
)
def test_a_file_belongs_to_the_shortest_matching_directory(
    components: tuple[str, ...], path: str, directory: str | None
) -> None:
    assert Manifest(components=components).component_directory(path) == directory


def test_a_component_directory_is_told_from_what_lies_inside() -> None:
    manifest = Manifest()
    assert manifest.is_component_directory("components/Button")
    assert not manifest.is_component_directory("components/Button/sub")
    assert not manifest.is_component_directory("")


def test_a_walk_skips_what_a_narrow_glob_cannot_reach() -> None:
    manifest = Manifest(tokens=("design/tokens/*.json",), components=("ui/*",))
    assert manifest.token_prefixes() == ("design/tokens",)
    assert manifest.component_prefixes() == ("ui",)
    entered = [d for d in ("", "design", "design/tokens", "design/x", "ui", "ui/Button", "docs") if manifest.descend(d)]
    assert entered == ["", "design", "design/tokens", "ui", "ui/Button"]


def test_the_initial_manifest_reads_back_as_the_defaults() -> None:
    manifest, problems = parse_manifest(initial_manifest("Acme UI", "Ours"))
    assert (manifest, problems) == (Manifest(name="Acme UI", description="Ours"), [])


def test_an_edit_touches_only_its_own_bytes() -> None:
    source = b'{\r\n\t"name" : "Acme",\r\n\t"x": [1,2],\r\n\t"description": "old"\r\n}'
    edited = edit_manifest(source, {"name": "Acme UI", "description": None})
    assert edited == b'{\r\n\t"name" : "Acme UI",\r\n\t"x": [1,2]\r\n}'
    assert edit_manifest(edited, {"version": "1.0.0"}) == edited.replace(b"2]", b'2],\r\n\t"version" : "1.0.0"')
    assert edit_manifest(source, {"name": "Acme"}) == source


@pytest.mark.parametrize("changes", [{"name": 5}, {"tokens": ["../x"]}, {"name": float("nan")}, {"version": "x"}])
def test_an_edit_that_would_break_the_manifest_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        edit_manifest(b'{"name": "Acme"}', changes)


def test_an_edit_does_not_answer_for_errors_that_were_there() -> None:
    assert edit_manifest(b'{"strict": "yes"}', {"name": "A"}) == b'{"strict": "yes", "name": "A"}'


@pytest.mark.parametrize("source", [b"", b"[]", b"{", b'{"a": 1, "a": 2}'])
def test_a_manifest_that_cannot_be_read_is_not_edited(source: bytes) -> None:
    with pytest.raises(Invalid):
        edit_manifest(source, {"name": "A"})
