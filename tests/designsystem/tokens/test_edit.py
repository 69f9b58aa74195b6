"""Edits in place: what changes is what was asked for, byte for byte."""

from __future__ import annotations

import difflib
from uuid import UUID

import pytest

from designsystem.tokens.document import TokenDocument, parse_document
from designsystem.tokens.edit import (
    BadField,
    BadPath,
    EditError,
    NotEditable,
    PathTaken,
    TokenMissing,
    add_token,
    delete_token,
    set_token,
)
from designsystem.tokens.renames import rename_token, rewrite_aliases
from designsystem.tokens.token import EXTENSION_KEY
from tests.designsystem.tokens.files import PX, RED, document

SOURCE = """{
  "color": {
    "$type": "color",
    "brand": {
      "500": {
        "$value": {
          "colorSpace": "srgb",
          "components": [1, 0.50, 0]
        },
        "$description": "Ours",
        "x-unknown": 1
      },
      "700": { "$value": "{color.brand.500}" }
    }
  },

  "space": {
    "s": { "$type": "dimension", "$value": { "value": 4, "unit": "px" } }
  }
}
"""
ID = UUID("9c0b2f0e-6f0a-4b8e-9d55-0c7f3e9d1a11")


def doc(text: str = SOURCE) -> TokenDocument:
    return parse_document("a.tokens.json", text.encode())


def lines(new: bytes, text: str = SOURCE) -> list[str]:
    """The lines taken out and put in."""
    found = difflib.ndiff(text.splitlines(keepends=True), new.decode().splitlines(keepends=True))
    return [line.rstrip("\r\n") for line in found if line[0] in "+-"]


def test_changing_one_component_changes_one_line() -> None:
    value = {"colorSpace": "srgb", "components": [1, 0.5, 0.25]}
    assert lines(set_token(doc(), "color.brand.500", {"value": value})) == [
        '-           "components": [1, 0.50, 0]',
        '+           "components": [1, 0.50, 0.25]',
    ]


def test_a_field_that_is_new_goes_after_the_others_and_one_that_is_none_goes_away() -> None:
    new = set_token(doc(), "color.brand.500", {"description": None, "deprecated": "Use 700"})
    assert lines(new) == [
        '-         "$description": "Ours",',
        '-         "x-unknown": 1',
        '+         "x-unknown": 1,',
        '+         "$deprecated": "Use 700"',
    ]


def test_a_value_may_change_its_kind() -> None:
    new = set_token(doc(), "color.brand.700", {"value": RED})
    assert lines(new) == [
        '-       "700": { "$value": "{color.brand.500}" }',
        '+       "700": { "$value": { "colorSpace": "srgb", "components": [1, 0, 0] } }',
    ]
    new = set_token(doc(), "color.brand.500", {"value": "{color.brand.700}"})
    assert parse_document("a", new).tokens["color.brand.500"].value == "{color.brand.700}"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"value": {"components": [1.0, 0.5, 0], "colorSpace": "srgb"}},
        {"description": "Ours"},
        {"type": None},
        {"deprecated": None, "extensions": None},
    ],
)
def test_what_already_stands_changes_nothing(fields: dict[str, object]) -> None:
    source = doc()
    assert set_token(source, "color.brand.500", fields) is source.source


def test_our_own_extension_outlives_what_others_write() -> None:
    mine = {"org.xtext.design-system": {"id": str(ID)}}
    source = document({"a": {"$type": "number", "$value": 1, "$extensions": {**mine, "org.x": 1}}})
    for extensions in ({"org.y": 2}, None):
        new = parse_document("a", set_token(source, "a", {"extensions": extensions}))
        assert new.tokens["a"].explicit_id == ID
        assert "org.x" not in new.tokens["a"].extensions


def test_a_new_token_stands_among_its_siblings_in_their_order_and_style() -> None:
    new = add_token(doc(), "color.brand.600", {"value": RED, "type": "color", "description": "New"})
    assert lines(new) == [
        '+       "600": {',
        '+         "$value": {',
        '+           "colorSpace": "srgb",',
        '+           "components": [1, 0, 0]',
        "+         },",
        '+         "$description": "New"',
        "+       },",
    ]
    assert parse_document("a", new).tokens["color.brand.600"].type == "color"
    new = add_token(doc(), "space.m", {"value": {"value": 8, "unit": "px"}, "type": "dimension"})
    assert (
        lines(new)
        == [
            '-     "s": { "$type": "dimension", "$value": { "value": 4, "unit": "px" } }',
            '+     "m": { "$type": "dimension", "$value": { "value": 8, "unit": "px" } },',
            '+     "s": { "$type": "dimension", "$value": { "value": 4, "unit": "px" } }',
        ]
        or lines(new)[-1] == '+     "m": { "$type": "dimension", "$value": { "value": 8, "unit": "px" } }'
    )


def test_groups_that_are_missing_are_made() -> None:
    new = add_token(doc(), "font.body.family", {"value": "Inter", "type": "fontFamily"})
    assert lines(new) == [
        '+   "font": {',
        '+     "body": {',
        '+       "family": {',
        '+         "$type": "fontFamily",',
        '+         "$value": "Inter"',
        "+       }",
        "+     }",
        "+   },",
    ]


def test_a_new_file_is_written_in_the_usual_style() -> None:
    assert add_token(None, "a.b", {"value": PX, "type": "dimension"}).decode() == (
        '{\n  "a": {\n    "b": {\n      "$type": "dimension",\n      "$value": {\n'
        '        "value": 16,\n        "unit": "px"\n      }\n    }\n  }\n}\n'
    )
    new = add_token(doc("{}\n"), "a", {"value": 1, "type": "number"})
    assert new.decode() == '{\n  "a": {\n    "$type": "number",\n    "$value": 1\n  }\n}\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '{"a":{"$type":"number","$value":1}}',
            '{"a":{"$type":"number","$value":1},"b":{"$type":"number","$value":2}}',
        ),
        (
            '{\r\n\t"a": {\r\n\t\t"$type": "number",\r\n\t\t"$value": 1\r\n\t}\r\n}',
            (
                '{\r\n\t"a": {\r\n\t\t"$type": "number",\r\n\t\t"$value": 1\r\n\t},\r\n'
                '\t"b": {\r\n\t\t"$type": "number",\r\n\t\t"$value": 2\r\n\t}\r\n}'
            ),
        ),
        (
            '\ufeff{\n    "a" : { "$type" : "number", "$value" : 1 }\n}\n\n',
            (
                '\ufeff{\n    "a" : { "$type" : "number", "$value" : 1 },\n'
                '    "b" : { "$type" : "number", "$value" : 2 }\n}\n\n'
            ),
        ),
    ],
)
def test_files_keep_their_ways(text: str, expected: str) -> None:
    new = add_token(doc(text), "b", {"value": 2, "type": "number"})
    assert new.decode() == expected
    assert delete_token(parse_document("a", new), "b").decode() == text


def test_deleting_takes_the_comma_and_groups_that_are_left_with_nothing() -> None:
    assert lines(delete_token(doc(), "color.brand.700")) == [
        "-       },",
        "+       }",
        '-       "700": { "$value": "{color.brand.500}" }',
    ]
    emptied = delete_token(doc(), "space.s").decode()
    assert '"space"' not in emptied
    assert emptied.endswith("  }\n}\n")
    first = delete_token(doc(), "color.brand.500")
    second = delete_token(parse_document("a", first), "color.brand.700")
    assert parse_document("a", second).groups == {"color", "space"}
    assert delete_token(doc('{"a": {"$type": "number", "$value": 1}}'), "a") == b"{}"


def test_renaming_beside_changes_the_key_and_keeps_the_id() -> None:
    new = rename_token(doc(), "color.brand.700", "color.brand.900", id=ID, keep_alias=False)
    assert [line for line in lines(new) if "500" not in line] == []
    token = parse_document("a", new).tokens["color.brand.900"]
    assert (token.explicit_id, token.value) == (ID, "{color.brand.500}")
    assert lines(rename_token(doc(), "color.brand.500", "color.brand.1", id=None, keep_alias=False)) == [
        '-       "500": {',
        '+       "1": {',
    ]


def test_renaming_to_another_group_carries_type_deprecation_and_the_way_it_is_written() -> None:
    text = SOURCE.replace('"$type": "color",', '"$type": "color",\n    "$deprecated": true,')
    new = parse_document("a", rename_token(doc(text), "color.brand.500", "space.deep.er", id=ID, keep_alias=False))
    token = new.tokens["space.deep.er"]
    assert (token.type, token.deprecated, token.explicit_id, token.description) == ("color", True, ID, "Ours")
    assert b"[1, 0.50, 0]" in new.source
    assert b'"x-unknown": 1' in new.source
    assert "color.brand.500" not in new.tokens


def test_a_renamed_token_may_leave_a_deprecated_alias() -> None:
    new = parse_document("a", rename_token(doc(), "color.brand.500", "palette.red", id=ID, keep_alias=True))
    old = new.tokens["color.brand.500"]
    assert (old.value, old.deprecated, old.explicit_id) == ("{palette.red}", "Renamed to palette.red", None)
    assert new.tokens["palette.red"].type == "color"


def test_a_token_may_become_a_group_of_its_own_name() -> None:
    new = parse_document("a", rename_token(doc(), "space.s", "space.s.base", id=None, keep_alias=False))
    assert [path for path in new.tokens if path.startswith("space")] == ["space.s.base"]
    assert not new.problems or {problem.severity for problem in new.problems} == {"warning"}


def test_aliases_are_rewritten_where_they_stand() -> None:
    text = SOURCE.replace('"s": {', '"b": { "$type": "border", "$value": { "color": "{color.brand.500}", '
                          '"width": "{space.s}", "style": "solid" } },\n    "s": {')  # fmt: skip
    new = rewrite_aliases(doc(text), {"color.brand.500": "palette.red"}).decode()
    assert new == text.replace("{color.brand.500}", "{palette.red}")
    source = doc(text)
    assert rewrite_aliases(source, {"nothing": "x"}) is source.source


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("color.brand.500", PathTaken),
        ("color.brand", PathTaken),
        ("color.brand.500.deep", PathTaken),
        ("color..x", BadPath),
        ("color.$x", BadPath),
        ("", BadPath),
    ],
)
def test_what_cannot_be_added_or_renamed_to(path: str, error: type[EditError]) -> None:
    with pytest.raises(error):
        add_token(doc(), path, {"value": 1, "type": "number"})
    with pytest.raises(error):
        rename_token(doc(), "space.s", path, id=None, keep_alias=False)


@pytest.mark.parametrize("fields", [{"value": None}, {"colour": 1}, {"value": float("nan")}, {"description": "\ud800"}])
def test_fields_that_cannot_be_written(fields: dict[str, object]) -> None:
    with pytest.raises(BadField):
        set_token(doc(), "space.s", fields)


def test_a_token_that_is_not_there_and_a_file_that_is_broken() -> None:
    with pytest.raises(TokenMissing, match=r"no token space\.x"):
        delete_token(doc(), "space.x")
    with pytest.raises(TokenMissing):
        set_token(doc(), "space", {"value": 1})
    with pytest.raises(NotEditable, match="comma"):
        add_token(doc('{"a": 1,}'), "x", {"value": 1})
    with pytest.raises(BadField, match="needs a value"):
        add_token(doc(), "x", {"type": "number"})


def test_renaming_to_itself_is_nothing() -> None:
    source = doc()
    assert rename_token(source, "space.s", "space.s", id=None, keep_alias=True) is source.source


def test_a_kept_alias_says_what_takes_its_place_and_follows_it() -> None:
    once = rename_token(doc(), "color.brand.500", "palette.red", id=ID, keep_alias=True)
    assert parse_document("a", once).tokens["color.brand.500"].extensions == {
        EXTENSION_KEY: {"replacedBy": "palette.red"}
    }
    moved = rename_token(parse_document("a", once), "palette.red", "palette.crimson", id=ID, keep_alias=False)
    old = parse_document("a", rewrite_aliases(parse_document("a", moved), {"palette.red": "palette.crimson"})).tokens[
        "color.brand.500"
    ]
    assert (old.value, old.deprecated) == ("{palette.crimson}", "Renamed to palette.crimson")
    assert old.extensions == {EXTENSION_KEY: {"replacedBy": "palette.crimson"}}
