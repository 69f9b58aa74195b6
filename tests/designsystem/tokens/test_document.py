"""Token files: groups, types, properties and their problems (DTCG Format §5 and §6)."""

from __future__ import annotations

from uuid import UUID

import pytest

from designsystem import codes
from designsystem.tokens.document import parse_document
from tests.designsystem.tokens.files import PX, RED, document, told


def test_tokens_carry_path_value_and_place() -> None:
    doc = document(
        '{\n  "color": {\n    "$type": "color",\n    "brand a/b": {\n'
        '      "500": { "$value": "{x.y}", "$description": "d", "$extensions": {"org.x": 1} }\n    }\n  }\n}\n'
    )
    token = doc.tokens["color.brand a/b.500"]
    assert (token.category, token.name) == ("color", "brand a/b.500")
    assert (token.file, token.line, token.column) == ("tokens/a.tokens.json", 5, 7)
    assert token.pointer == "/color/brand a~1b/500"
    assert (token.value, token.description, token.extensions) == ("{x.y}", "d", {"org.x": 1})
    assert token.alias_paths == ("x.y",)
    assert doc.groups == {"color", "color.brand a/b"}
    assert doc.problems == ()


def test_a_type_is_the_tokens_own_else_the_nearest_groups() -> None:
    doc = document(
        {
            "$type": "color",
            "a": {"$value": RED},
            "b": {"$type": "dimension", "c": {"$value": PX}, "d": {"$type": "number", "$value": 1}},
        }
    )
    assert {path: token.type for path, token in doc.tokens.items()} == {
        "a": "color",
        "b.c": "dimension",
        "b.d": "number",
    }
    assert doc.problems == ()


def test_the_type_of_an_alias_is_left_to_its_target() -> None:
    doc = document({"$type": "color", "a": {"$value": "{b}"}, "c": {"$type": "number", "$value": "{b}"}})
    assert doc.tokens["a"].type is None
    assert doc.inherited_types["a"] == "color"
    assert doc.tokens["c"].type == "number"


def test_a_type_is_never_guessed() -> None:
    doc = document({"a": {"$value": "#ff0000"}, "b": {"$value": True}})
    assert [token.type for token in doc.tokens.values()] == [None, None]
    assert told(doc.problems) == [(codes.UNTYPED, "a"), (codes.UNTYPED, "b")]
    assert {problem.severity for problem in doc.problems} == {"warning"}


def test_deprecation_comes_from_the_nearest_group_unless_the_token_says_otherwise() -> None:
    doc = document(
        {
            "g": {
                "$deprecated": "use h", "$type": "number", "a": {"$value": 1}, "b": {"$value": 1, "$deprecated": False},
                "i": {"$deprecated": True, "c": {"$value": 1}},
            }
        }
    )  # fmt: skip
    assert [token.deprecated for token in doc.tokens.values()] == ["use h", False, True]


def test_an_explicit_id_is_read_and_a_wrong_one_reported() -> None:
    one = "9c0b2f0e-6f0a-4b8e-9d55-0c7f3e9d1a11"
    doc = document(
        {
            "$type": "number",
            "a": {"$value": 1, "$extensions": {"org.xtext.design-system": {"id": one}}},
            "b": {"$value": 1, "$extensions": {"org.xtext.design-system": {"id": "x"}}},
        }
    )
    assert doc.tokens["a"].explicit_id == UUID(one)
    assert doc.explicit_ids == {"a": UUID(one)}
    assert told(doc.problems) == [(codes.BAD_ID, "b")]


@pytest.mark.parametrize(
    ("content", "code", "subject", "words"),
    [
        ({"a.b": {"$value": 1}}, codes.BAD_NAME, "a.b", 'write "a-b"'),
        ({"{a": {"$value": 1}}, codes.BAD_NAME, "{a", "aliases use"),
        ({"": {"$value": 1}}, codes.BAD_NAME, "", "needs a name"),
        ({"a\u0000": {"$value": 1}}, codes.BAD_NAME, "a\u0000", "U+0000"),
        ({"$value": 1}, codes.BAD_NAME, "", "put this $value inside"),
        ([], codes.NOT_A_GROUP, "", "one object"),
        ({"a": 1}, codes.NOT_A_GROUP, "a", '{"$value": …}'),
        ({"a": {"type": "color"}}, codes.NOT_A_GROUP, "a.type", 'or "$type"'),
        ({"a": {"value": "#fff", "type": "color"}}, codes.LEGACY_TOKEN, "a", "$ signs"),
        ({"a": {"$type": "number", "$value": 1, "b": {"$value": 2}}}, codes.TOKEN_IN_TOKEN, "a", 'move "b"'),
        ({"a": {"$type": 1}}, codes.BAD_PROPERTY, "a", "$type is a text"),
        ({"a": {"$description": 1}}, codes.BAD_PROPERTY, "a", "$description is a text"),
        ({"a": {"$deprecated": 1}}, codes.BAD_PROPERTY, "a", "$deprecated is true"),
        ({"a": {"$extensions": []}}, codes.BAD_PROPERTY, "a", "org.example.tool"),
    ],
)
def test_what_is_wrong_is_an_error_that_says_what_to_do(content: object, code: str, subject: str, words: str) -> None:
    (problem,) = document(content).problems
    assert (problem.code, problem.subject, problem.severity) == (code, subject, "error")
    assert words in problem.message
    assert problem.line >= 1


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ({"a": {"$type": "dimensions"}}, codes.UNKNOWN_TYPE, 'did you mean "dimension"'),
        ({"a": {"$type": "opacity"}}, codes.UNKNOWN_TYPE, "not a type of the format"),
        ({"a": {"$descripton": "x"}}, codes.UNKNOWN_PROPERTY, "did you mean $description"),
        ({"a": {"$type": "number", "$value": 1, "name": "x"}}, codes.UNKNOWN_PROPERTY, 'a token has no "name"'),
        ({"a": {"$type": "number", "$value": 1, "original": {"$value": 1}}}, codes.UNKNOWN_PROPERTY, "not read"),
        ({"a": {"$mine": "x"}}, codes.UNKNOWN_PROPERTY, "under $extensions"),
    ],
)  # fmt: skip
def test_what_is_not_of_this_version_is_a_warning(content: object, code: str, words: str) -> None:
    (problem,) = document(content).problems
    assert (problem.code, problem.severity) == (code, "warning")
    assert words in problem.message


def test_properties_of_the_file_itself_are_welcome() -> None:
    content = {"$schema": "https://example.org", "$description": "x", "$extensions": {"org.x": {}}, "$themes": []}
    assert document(content).problems == ()


def test_a_problem_points_at_the_value() -> None:
    doc = document('{\n  "a": {\n    "$type": "dimension",\n    "$value": {"value": 1, "unit": "ells"}\n  }\n}')
    (problem,) = doc.problems
    assert str(problem).startswith('tokens/a.tokens.json:4:36 a: the unit of a dimension is "px" or "rem"; found')
    assert problem.pointer == "/a/$value/unit"


def test_a_file_that_is_no_json_has_no_tokens_and_one_problem() -> None:
    doc = parse_document("x.tokens.json", b"{,}")
    assert (doc.root, dict(doc.tokens), len(doc.problems)) == (None, {}, 1)


def test_a_repeated_key_is_an_error_and_the_last_one_counts() -> None:
    doc = document('{"$type": "number", "a": {"$value": "{b}"}, "a": {"$value": 2}}')
    assert told(doc.problems) == [(codes.DUPLICATE_KEY, "")]
    assert doc.tokens["a"].value == 2
    assert doc.references == {}


def test_names_may_hold_anything_else() -> None:
    doc = document({"$type": "number", "Größe 🎨 /~": {"$value": 1}, "a-b_c": {"$value": 1}})
    assert doc.problems == ()
    assert doc.tokens["Größe 🎨 /~"].pointer == "/Größe 🎨 ~1~0"
