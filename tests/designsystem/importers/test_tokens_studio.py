"""Guards: what Tokens Studio has arrives with its meaning: types, sums, color modifiers, sets and themes."""

from __future__ import annotations

from typing import Any

import pytest

from designsystem.importers import convert
from tests.designsystem.importers.sources import RESOLVER, converted, imported, px, rem, token_set, told, types, values


def studio(tokens: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A file of one set."""
    return {"global": tokens, "$themes": [], "$metadata": {"tokenSetOrder": ["global"]}, **more}


def one(type_name: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"value": value, "type": type_name, **more}


@pytest.mark.parametrize(
    ("type_name", "value", "want_type", "want"),
    [
        ("borderRadius", "4", "dimension", px(4)),
        ("borderWidth", 1, "dimension", px(1)),
        ("spacing", "1.5rem", "dimension", rem(1.5)),
        ("sizing", "12pt", "dimension", px(16)),
        ("fontSizes", "16px", "dimension", px(16)),
        ("lineHeights", "150%", "number", 1.5),
        ("lineHeights", "24", "dimension", px(24)),
        ("lineHeights", 1.4, "number", 1.4),
        ("opacity", "40%", "number", 0.4),
        ("opacity", "0.4", "number", 0.4),
        ("fontFamilies", "Inter, 'Open Sans', serif", "fontFamily", ["Inter", "Open Sans", "serif"]),
        ("fontWeights", "Semi Bold", "fontWeight", "semi-bold"),
        ("fontWeights", "Bold Italic", "fontWeight", "bold"),
        ("fontWeights", "700", "fontWeight", 700),
        ("number", "2", "number", 2),
        (
            "color",
            "#3366cc80",
            "color",
            {"colorSpace": "srgb", "components": [0.2, 0.4, 0.8], "alpha": 0.50196, "hex": "#3366cc"},
        ),
        ("color", "hsl(210 50% 40%)", "color", {"colorSpace": "hsl", "components": [210, 50, 40]}),
        (
            "boxShadow",
            {"x": "0", "y": "2", "blur": "4", "spread": "0", "color": "#000000", "type": "innerShadow"},
            "shadow",
            {
                "color": {"colorSpace": "srgb", "components": [0, 0, 0], "hex": "#000000"},
                "offsetX": px(0), "offsetY": px(2), "blur": px(4), "spread": px(0), "inset": True,
            },
        ),
        (
            "border",
            {"color": "#000", "width": "1px", "style": "dashed"},
            "border",
            {
                "color": {"colorSpace": "srgb", "components": [0, 0, 0], "hex": "#000000"},
                "width": px(1), "style": "dashed",
            },
        ),
    ],
)  # fmt: skip
def test_a_value_becomes_one_of_the_format(type_name: str, value: Any, want_type: str, want: Any) -> None:
    found = imported(tokens__json=studio({"a": {"b": one(type_name, value, description="Why")}}))
    assert values(found) == {"a.b": want}
    assert types(found) == {"a.b": want_type}
    assert token_set(found).tokens["a.b"].description == "Why"


@pytest.mark.parametrize(
    ("type_name", "value", "why"),
    [
        ("textCase", "uppercase", "no type for textCase"),
        ("other", "solid", "no type for other"),
        ("composition", {"fill": "{a}"}, "no type for composition"),
        ("asset", "https://example.org/a.png", "no type for asset"),
        ("spacing", "4px 8px", "more than one value"),
        ("sizing", "50%", "is in %"),
        ("letterSpacing", "-2%", "is in %"),
        ("spacing", "{nowhere}", "in none of the files"),
        ("spacing", "4px + 1rem", "cannot be reckoned together"),
        ("lineHeights", "AUTO", "left to the font"),
        ("color", "currentColor", "no color"),
        ("boxShadow", [], "no layers"),
        ("sizing", "1e999", "comes to no number"),
    ],
)
def test_what_the_format_has_no_place_for_is_listed_where_it_stands(type_name: str, value: Any, why: str) -> None:
    found = imported(tokens__json=studio({"a": {"b": one(type_name, value)}, "c": one("number", 1)}))
    assert list(values(found)) == ["c"]
    (problem,) = found.left_out
    assert (problem.path, problem.pointer, problem.subject) == ("tokens.json", "/global/a/b", "a.b")
    assert problem.line == 1 and problem.column > 1
    assert why in problem.message


def test_what_refers_to_something_left_out_is_left_out_too() -> None:
    tokens = {"a": one("other", "x"), "b": one("other", "{a}"), "c": one("spacing", "{b}"), "d": one("number", 1)}
    found = imported(tokens__json=studio(tokens))
    assert list(values(found)) == ["d"]
    assert told(found)["c"] == ["XDS352 it refers to b, which is left out"]


@pytest.mark.parametrize(
    ("expression", "want"),
    [
        ("{base} * 2", px(16)),
        ("{base}*2 + 4", px(20)),
        ("({base} + {small}) / 3", px(4)),
        ("-{base}", px(-8)),
        ("{base} / 3", px(2.6667)),
        ("roundTo({base} / 3, 1)", px(2.7)),
        ("max({base}, {small}, 12px)", px(12)),
        ("{scale} * 1rem", rem(2)),
        ("2 ^ 3", px(8)),
        ("$space.old * 2", px(20)),
    ],
)
def test_sums_are_worked_out(expression: str, want: Any) -> None:
    tokens = {
        "base": one("spacing", "8"), "small": one("spacing", "4px"), "scale": one("number", "2"),
        "space": {"old": one("spacing", "10")}, "sum": one("spacing", expression),
    }  # fmt: skip
    found = imported(tokens__json=studio(tokens))
    assert values(found)["sum"] == want
    assert "worked out" in told(found)["sum"][0]


def test_whole_references_stay_references() -> None:
    tokens = {
        "a": one("spacing", "8"),
        "b": one("sizing", "{a}"),
        "c": one("sizing", "$a.x"),
        "d": one("sizing", "{a.value}"),
    }
    found = imported(tokens__json=studio({**tokens, "e": {"f": one("sizing", "{ a }")}}))
    written = token_set(found).tokens
    assert [written[path].value for path in ("b", "d", "e.f")] == ["{a}", "{a}", "{a}"]
    assert "c" not in written


@pytest.mark.parametrize(
    ("modify", "space", "want"),
    [
        ({"type": "lighten", "value": "0.5", "space": "srgb"}, "srgb", [0.6, 0.7, 0.9]),
        ({"type": "darken", "value": "{half}", "space": "srgb"}, "srgb", [0.1, 0.2, 0.4]),
        ({"type": "alpha", "value": "0.5", "space": "srgb"}, "srgb", [0.2, 0.4, 0.8]),
        ({"type": "mix", "value": "0.5", "color": "{white}", "space": "srgb"}, "srgb", [0.6, 0.7, 0.9]),
        ({"type": "lighten", "value": "0.5", "space": "hsl"}, "hsl", [220, 60, 75]),
    ],
)
def test_color_modifiers_are_worked_out(modify: dict[str, str], space: str, want: list[float]) -> None:
    extensions = {"studio.tokens": {"modify": modify, "id": "kept"}}
    tokens = {
        "blue": one("color", "#3366cc"), "white": one("color", "#ffffff"), "half": one("number", "0.5"),
        "made": one("color", "{blue}", **{"$extensions": extensions}),
    }  # fmt: skip
    found = imported(tokens__json=studio(tokens))
    value = values(found)["made"]
    assert (value["colorSpace"], value["components"]) == (space, pytest.approx(want, abs=0.0001))
    assert value.get("alpha", 1) == (0.5 if modify["type"] == "alpha" else 1)
    assert token_set(found).tokens["made"].extensions == {"studio.tokens": {"id": "kept"}}


def test_a_reference_with_an_alpha_is_worked_out() -> None:
    tokens = {"blue": one("color", "#3366cc"), "veil": one("color", "rgba({blue}, 0.25)")}
    value = values(imported(tokens__json=studio(tokens)))["veil"]
    assert (value["components"], value["alpha"]) == ([0.2, 0.4, 0.8], 0.25)


def test_typography_gets_all_its_parts() -> None:
    style = {
        "fontFamily": "{font}", "fontWeight": "Regular", "fontSize": "{size}", "lineHeight": "{height}",
        "letterSpacing": "-2%", "textCase": "uppercase",
    }  # fmt: skip
    tokens = {
        "font": one("fontFamilies", "Inter"), "size": one("fontSizes", "20"), "height": one("lineHeights", "30"),
        "title": one("typography", style), "bare": one("typography", {"fontFamily": "Inter", "fontSize": "1rem"}),
        "inner": one("fontSizes", "{title.fontSize}"),
    }  # fmt: skip
    found = imported(tokens__json=studio(tokens))
    got = values(found)
    assert got["title"] == {
        "fontFamily": "Inter", "fontSize": px(20), "fontWeight": "regular",
        "letterSpacing": px(-0.4), "lineHeight": 1.5,
    }  # fmt: skip
    assert (got["bare"]["lineHeight"], got["bare"]["fontWeight"]) == (1.2, 400)
    assert got["inner"] == px(20)
    assert any('"textCase" is left out' in message for message in told(found)["title"])
    assert token_set(found).tokens["title"].value["fontSize"] == "{size}"


def test_a_token_that_only_some_themes_can_resolve_is_told() -> None:
    sets = {
        "core": {"x": one("spacing", "{only}"), "y": one("number", 1)},
        "a": {"only": one("spacing", "1")},
        "b": {"other": one("spacing", "2")},
    }
    themes = [{"name": name, "selectedTokenSets": {"core": "enabled", name: "enabled"}} for name in ("a", "b")]
    found = imported(tokens__json={**sets, "$themes": themes, "$metadata": {"tokenSetOrder": [*sets]}})
    assert values(found, theme="a")["x"] == px(1)
    (problem,) = found.left_out
    assert (problem.code, problem.subject) == ("XDS354", "x")
    assert "where theme is b" in problem.message


def test_a_gradient_keeps_its_stops_and_tells_of_its_direction() -> None:
    tokens = {"a": one("color", "#fff"), "g": one("color", "linear-gradient(45deg, {a} 0%, #000000 100%)")}
    found = imported(tokens__json=studio(tokens))
    assert types(found)["g"] == "gradient"
    assert [stop["position"] for stop in values(found)["g"]] == [0, 1]
    assert "45deg" in told(found)["g"][0]


THEMED = {
    "core": {"base": one("spacing", "8"), "blue": one("color", "#0000ff"), "black": one("color", "#000000")},
    "light": {"bg": one("color", "#ffffff")},
    "dark": {"bg": one("color", "{black}")},
    "compact": {"density": one("number", "1")},
    "roomy": {"density": one("number", "2")},
    "semantic": {"gap": one("spacing", "{base} * {density}"), "veil": one("color", "rgba({bg}, 0.5)")},
    "scratch": {"idea": one("number", "3")},
    "$themes": [
        {"name": "Light", "group": "Mode", "selectedTokenSets": {"core": "source", "light": "enabled"}},
        {
            "name": "Dark",
            "group": "Mode",
            "selectedTokenSets": {"core": "source", "dark": "enabled", "light": "disabled"},
        },
        {"name": "Compact", "group": "Density", "selectedTokenSets": {"compact": "enabled", "semantic": "enabled"}},
        {"name": "Roomy", "group": "Density", "selectedTokenSets": {"roomy": "enabled", "semantic": "enabled"}},
    ],
    "$metadata": {"tokenSetOrder": ["core", "light", "dark", "compact", "roomy", "semantic", "scratch"]},
}


def test_themes_become_modifiers() -> None:
    found = imported(tokens__json=THEMED)
    assert RESOLVER in found.files
    assert values(found)["bg"]["hex"] == "#ffffff"
    assert values(found, Mode="Dark")["bg"]["hex"] == "#000000"
    assert values(found, Density="Roomy")["density"] == 2
    assert "idea" not in values(found)
    assert any("no theme uses" in problem.message for problem in found.left_out)


def test_what_is_worked_out_follows_the_theme() -> None:
    """A sum has no place in the format, so where a context changes its result, the context states it."""
    found = imported(tokens__json=THEMED)
    assert (values(found)["gap"], values(found, Density="Roomy")["gap"]) == (px(8), px(16))
    assert values(found, Mode="Dark")["veil"]["components"] == [0, 0, 0]
    assert values(found, Mode="Dark", Density="Roomy")["gap"] == px(16)
    assert any("stated there too" in message for message in told(found)["gap"])


def test_a_folder_of_sets_reads_like_one_file() -> None:
    files: dict[str, Any] = {f"{name}.json": THEMED[name] for name in THEMED if not name.startswith("$")}
    files |= {"$themes.json": THEMED["$themes"], "$metadata.json": THEMED["$metadata"]}
    found = converted(files)
    assert found.files == imported(tokens__json=THEMED).files


def test_sets_are_known_by_references_where_no_metadata_tells_them() -> None:
    found = imported(tokens__json={"global": {"a": one("spacing", "1"), "b": one("sizing", "{a}")}})
    assert set(values(found)) == {"a", "b"}
    found = imported(tokens__json={"space": {"a": one("spacing", "1"), "b": one("sizing", "{space.a}")}})
    assert set(values(found)) == {"space.a", "space.b"}


def test_a_later_set_counts_where_no_theme_chooses() -> None:
    found = imported(
        tokens__json={
            "z": {"a": one("number", "1")},
            "b": {"a": one("number", "2")},
            "$metadata": {"tokenSetOrder": ["z", "b"]},
        }
    )
    assert values(found) == {"a": 2}
    assert "always counts" in told(found)["a"][0]


def test_names_that_the_format_does_not_allow_are_mended_with_what_refers_to_them() -> None:
    tokens = {
        "space": {"0.5": one("spacing", "2"), "0-5": one("spacing", "3")},
        "blue": one("color", "#00f"), "a": one("sizing", "{space.0.5}"),
    }  # fmt: skip
    found = imported(tokens__json=studio(tokens))
    assert token_set(found).tokens["a"].value == "{space.0-5}"
    assert values(found)["a"] == px(2)
    assert values(found)["space.0-5-2"] == px(3)


def test_a_token_that_another_set_has_as_a_group_becomes_its_root() -> None:
    sets = {
        "one": {"blue": one("color", "#00f"), "x": one("color", "{blue}")},
        "two": {"blue": {"50": one("color", "#eef")}},
    }
    found = imported(tokens__json={**sets, "$metadata": {"tokenSetOrder": ["one", "two"]}})
    assert {"blue.$root", "blue.50", "x"} == values(found).keys()


def test_two_root_tokens_of_one_mended_name_stay_two() -> None:
    tokens = {"a.b": one("number", 1), "a-b": one("number", 2)}
    deeper = {"a-b": {"x": one("number", 3)}}
    sets = {"one": tokens, "two": deeper, "$metadata": {"tokenSetOrder": ["one", "two"]}}
    assert values(imported(tokens__json=sets)) == {"a-b.$root": 1, "a-b-2.$root": 2, "a-b.x": 3}


def test_the_tool_is_recognised() -> None:
    assert convert({"t.json": b'{"a": {"value": "1", "type": "borderRadius"}}'})[0] == "tokens-studio"
    assert convert({"t.json": b'{"a": {"value": "1px"}}'})[0] == "style-dictionary"


def test_references_in_a_circle_are_left_out() -> None:
    tokens = {"a": one("spacing", "{b} * 2"), "b": one("spacing", "{a} * 2"), "c": one("spacing", "{d}")}
    tokens |= {"d": one("spacing", "{c}"), "e": one("number", 1)}
    assert list(values(imported(tokens__json=studio(tokens)))) == ["e"]
