"""Guards: variables of Figma arrive with their collections, modes, aliases and types, in every shape of export."""

from __future__ import annotations

import json
from typing import Any

import pytest

from designsystem.importers import convert
from designsystem.importers.figma import short
from tests.designsystem.importers.sources import RESOLVER, converted, imported, px, token_set, told, types, values

WHITE = {"r": 1, "g": 1, "b": 1, "a": 1}
INK = {"r": 0.20000000298023224, "g": 0.4000000059604645, "b": 0.800000011920929, "a": 0.5}


def to(identifier: str) -> dict[str, str]:
    return {"type": "VARIABLE_ALIAS", "id": identifier}


def variable(identifier: str, name: str, collection: str, kind: str, **values_: Any) -> dict[str, Any]:
    modes = {mode.replace("_", ":"): value for mode, value in values_.items() if mode[:1] == "m"}
    more = {key: value for key, value in values_.items() if key[:1] != "m"}
    return {
        "id": identifier,
        "name": name,
        "variableCollectionId": collection,
        "resolvedType": kind,
        "valuesByMode": modes,
        "description": "",
        "scopes": ["ALL_SCOPES"],
        "remote": False,
        **more,
    }


COLLECTIONS = {
    "C:1": {"id": "C:1", "name": "Primitives", "modes": [{"modeId": "m1", "name": "Value"}], "defaultModeId": "m1"},
    "C:2": {
        "id": "C:2",
        "name": "Theme",
        "modes": [{"modeId": "m2", "name": "Dark"}, {"modeId": "m3", "name": "Light"}],
        "defaultModeId": "m3",
    },
}
VARIABLES = [
    variable("V:1", "color/white", "C:1", "COLOR", m1=WHITE),
    variable("V:2", "color/ink", "C:1", "COLOR", m1=INK, description="For text", codeSyntax={"WEB": "var(--ink)"}),
    variable("V:3", "bg/page", "C:2", "COLOR", m2=to("V:2"), m3=to("V:1")),
    variable("V:4", "space/0.5", "C:1", "FLOAT", m1=2, scopes=["GAP", "WIDTH_HEIGHT"]),
    variable("V:5", "space/half", "C:2", "FLOAT", m2=to("V:4"), m3=to("V:4")),
    variable("V:6", "count", "C:1", "FLOAT", m1=1.100000023841858),
    variable("V:7", "fade", "C:1", "FLOAT", m1=40, scopes=["OPACITY"]),
    variable("V:8", "font/body", "C:1", "STRING", m1="Inter", scopes=["FONT_FAMILY"]),
    variable("V:9", "font/strong", "C:1", "STRING", m1="Semi Bold", scopes=["FONT_STYLE"]),
    variable("V:10", "font/heavy", "C:1", "FLOAT", m1=800, scopes=["FONT_WEIGHT"]),
    variable("V:11", "label", "C:1", "STRING", m1="Hello"),
    variable("V:12", "shown", "C:1", "BOOLEAN", m1=True),
    variable("V:13", "far", "C:9", "COLOR", m1=WHITE, remote=True),
    variable("V:14", "near/far", "C:1", "COLOR", m1=to("V:13")),
]


def answer(variables: list[dict[str, Any]], collections: dict[str, Any]) -> dict[str, Any]:
    """As GET /v1/files/:key/variables/local answers."""
    by_id = {each["id"]: each for each in variables}
    return {"status": 200, "error": False, "meta": {"variables": by_id, "variableCollections": collections}}


def test_modes_become_contexts_of_a_modifier_and_aliases_stay() -> None:
    found = imported(variables__json=answer(VARIABLES, COLLECTIONS))
    ink = {"colorSpace": "srgb", "components": [0.2, 0.4, 0.8], "alpha": 0.5, "hex": "#3366cc"}
    light, dark = values(found), values(found, Theme="Dark")
    assert (light["bg.page"]["hex"], dark["bg.page"]) == ("#ffffff", ink)
    assert token_set(found, Theme="Dark").tokens["bg.page"].value == "{color.ink}"
    assert set(found.files) == {
        "tokens/primitives.tokens.json", "tokens/theme/dark.tokens.json", "tokens/theme/light.tokens.json", RESOLVER,
    }  # fmt: skip


def test_what_a_variable_is_allowed_for_tells_its_type() -> None:
    found = imported(variables__json=answer(VARIABLES, COLLECTIONS))
    got, kinds = values(found), types(found)
    assert (got["space.0-5"], got["space.half"], kinds["space.half"]) == (px(2), px(2), "dimension")
    assert (got["count"], kinds["count"], got["fade"]) == (1.1, "number", 0.4)
    assert (kinds["font.body"], got["font.strong"], got["font.heavy"]) == ("fontFamily", "semi-bold", 800)


def test_what_cannot_be_carried_is_listed() -> None:
    found = imported(variables__json=answer(VARIABLES, COLLECTIONS))
    listed = {problem.subject: problem for problem in found.left_out}
    assert listed.keys() == {"label", "shown", "far", "near.far"}
    assert listed["label"].pointer == "/meta/variables/V:11/valuesByMode/m1"
    assert "library" in listed["far"].message


def test_what_a_variable_has_beside_its_value_is_kept() -> None:
    token = token_set(imported(variables__json=answer(VARIABLES, COLLECTIONS))).tokens["color.ink"]
    assert token.description == "For text"
    assert token.extensions["com.figma"] == {"id": "V:2", "scopes": ["ALL_SCOPES"], "codeSyntax": {"WEB": "var(--ink)"}}


def test_what_a_collection_changes_of_another_is_listed() -> None:
    extended = {**COLLECTIONS["C:1"], "id": "C:3", "name": "Brand", "variableOverrides": {"V:1": {"m1": WHITE}}}
    found = imported(variables__json=answer(VARIABLES, {**COLLECTIONS, "C:3": extended}))
    assert told(found)["Brand"] == [
        "XDS352 what this collection changes of another one is left out; only its own variables are read"
    ]


def test_one_name_in_two_collections_is_told_apart_by_them() -> None:
    variables = [variable("V:1", "a", "C:1", "FLOAT", m1=1), variable("V:2", "a", "C:2", "FLOAT", m2=2, m3=to("V:1"))]
    found = imported(variables__json=answer(variables, COLLECTIONS))
    assert values(found) == {"Primitives.a": 1, "Theme.a": 1}
    assert values(found, Theme="dark") == {"Primitives.a": 1, "Theme.a": 2}


def test_a_variable_that_is_a_group_too_becomes_its_root() -> None:
    variables = [
        variable("V:1", "blue", "C:1", "FLOAT", m1=1),
        variable("V:2", "blue/50", "C:1", "FLOAT", m1=to("V:1")),
    ]
    assert values(imported(variables__json=answer(variables, COLLECTIONS))) == {"blue.$root": 1, "blue.50": 1}


def test_dumps_of_the_plugin_api_are_read() -> None:
    dump = {"collections": list(COLLECTIONS.values()), "variables": VARIABLES}
    assert values(converted({"dump.json": dump})) == values(imported(variables__json=answer(VARIABLES, COLLECTIONS)))


def test_a_file_for_each_collection_is_read() -> None:
    files = {
        f"{name}.json": {
            "id": key,
            "name": name,
            "modes": {mode["modeId"]: mode["name"] for mode in COLLECTIONS[key]["modes"]},  # type: ignore[union-attr]
            "variables": [
                {**each, "type": each["resolvedType"]} for each in VARIABLES if each["variableCollectionId"] == key
            ],
        }
        for key, name in (("C:1", "Primitives"), ("C:2", "Theme"))
    }
    found = converted(files)
    assert values(found, Theme="Light")["bg.page"]["hex"] == "#ffffff"
    assert values(found)["bg.page"]["hex"] == "#3366cc", "without a stated default the first mode is it"


def test_variables_within_modes_are_read() -> None:
    def mode(name: str, page: str) -> dict[str, Any]:
        target = {"collection": "Primitives", "name": page}
        return {"name": name, "variables": [{"name": "bg/page", "type": "color", "isAlias": True, "value": target}]}

    colors = [("white", "#ffffff"), ("black", "#000000")]
    primitives = {
        "name": "Value",
        "variables": [{"name": name, "type": "color", "isAlias": False, "value": color} for name, color in colors],
    }
    dump = {
        "version": "1",
        "collections": [
            {"name": "Primitives", "modes": [primitives]},
            {"name": "Theme", "modes": [mode("Light", "white"), mode("Dark", "black")]},
        ],
    }
    found = imported(variables__json=dump)
    assert values(found)["bg.page"]["hex"] == "#ffffff"
    assert values(found, Theme="Dark")["bg.page"]["hex"] == "#000000"


def test_a_file_for_each_mode_is_read() -> None:
    def token(kind: str, value: Any, scopes: list[str], **alias: Any) -> dict[str, Any]:
        return {"$type": kind, "$value": value, "$extensions": {"com.figma.scopes": scopes, **alias}}

    alias = {"com.figma.aliasData": {"targetVariableName": "color/white", "targetVariableSetName": "Primitives"}}
    files = {
        "Primitives.Value.tokens.json": {
            "color": {"white": token("color", "#FFFFFF", ["ALL_SCOPES"])},
            "gap": token("number", 4, ["GAP"]),
            "label": token("string", "Hi", ["TEXT_CONTENT"]),
        },
        "Theme.Light.tokens.json": {"bg": token("color", "#FFFFFF", ["ALL_FILLS"], **alias)},
        "Theme.Dark.tokens.json": {"bg": token("color", "#000000", ["ALL_FILLS"])},
    }
    name, found = convert({path: json.dumps(each).encode() for path, each in files.items()})
    assert name == "figma"
    assert values(found, Theme="Dark")["bg"]["hex"] == "#000000"
    assert token_set(found, Theme="Light").tokens["bg"].value == "{color.white}"
    assert (values(found)["gap"], list(told(found))) == (px(4), ["label"])


@pytest.mark.parametrize(
    ("number", "want"),
    [(0.20000000298023224, 0.2), (1.100000023841858, 1.1), (16.0, 16), (0.3333333432674408, 0.33333334), (7, 7)],
)
def test_single_precision_is_written_as_short_as_it_is(number: float, want: float) -> None:
    assert short(number) == want
