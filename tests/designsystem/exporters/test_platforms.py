"""Every type on every platform that is not the web: the line that a token becomes."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from designsystem import codes
from designsystem.exporters import Header, export
from tests.designsystem.exporters.sets import DASHES, EVERY_TYPE, HEADER, color, px, token_set
from tests.designsystem.exporters.test_export import HOSTILE, codes_of

NATIVE = ("swift", "ios-swiftui", "android", "compose", "flutter")

UIKIT = """\
    public static let colorBrand: UIColor = UIColor(red: 0.2, green: 0.4, blue: 1, alpha: 1)
    public static let colorWide: UIColor = UIColor(displayP3Red: 0, green: 0.70592, blue: 0, alpha: 1)
    public static let sizeSm: CGFloat = 4
    public static let sizeLg: CGFloat = 24
    public static let familyBody: [String] = ["Inter", "sans-serif"]
    public static let weightBold: UIFont.Weight = .semibold
    public static let timeFast: TimeInterval = 0.2
    public static let easeOut: CAMediaTimingFunction = CAMediaTimingFunction(controlPoints: 0, 0, 0.58, 1)
    public static let ratioWide: Double = 1.5
    public static let strokeDashes: Stroke = Stroke(style: "dashed", dashes: [4, 2], cap: .round)
"""
SWIFTUI = """\
    public static let colorBrand: Color = Color(.sRGB, red: 0.2, green: 0.4, blue: 1, opacity: 1)
    public static let colorWide: Color = Color(.displayP3, red: 0, green: 0.70592, blue: 0, opacity: 1)
    public static let weightBold: Font.Weight = .semibold
"""
KOTLIN = """\
    val colorBrand: Color get() = Color(0xFF3366FF)
    val colorVeil: Color get() = Color(0x80000000)
    val colorWide: Color get() = Color(0f, 0.70592f, 0f, 1f, ColorSpaces.DisplayP3)
    val sizeLg: Dp get() = 24.dp
    val familyBody: List<String> get() = listOf("Inter", "sans-serif")
    val weightBold: FontWeight get() = FontWeight(600)
    val timeSlow: Duration get() = 400.milliseconds
    val easeOut: CubicBezierEasing get() = CubicBezierEasing(0f, 0f, 0.58f, 1f)
    val ratioWide: Float get() = 1.5f
    val strokePlain: Stroke get() = Stroke("dotted", emptyList<Dp>(), StrokeCap.Butt)
    val shadowLow: List<Shadow> get() = listOf(Shadow(Color(0x80000000), 0.dp, (-1).dp, 2.dp, 4.dp, false))
    val fadeOut: List<Pair<Float, Color>> get() = listOf(0f to Color(0x80000000), 0.5f to Color(0xFFFFFFFF))
"""
DART = """\
  static const Color colorBrand = Color(0xFF3366FF);
  static const double sizeLg = 24;
  static const List<String> familyBody = ['Inter', 'sans-serif'];
  static const FontWeight weightBold = FontWeight.w600;
  static const Duration timeFast = Duration(microseconds: 200000);
  static const Cubic easeOut = Cubic(0, 0, 0.58, 1);
  static const double ratioWide = 1.5;
  static const List<GradientStopToken> fadeOut = [GradientStopToken(Color(0x80000000), 0), \
GradientStopToken(Color(0xFFFFFFFF), 0.5)];
  static const TextStyle textBody = TextStyle(fontFamily: 'Inter', fontFamilyFallback: ['serif'], fontSize: 16, \
fontWeight: FontWeight.w400, height: 1.5, letterSpacing: 0.5);
"""
ANDROID = """\
    <color name="color_brand">#FF3366FF</color>
    <color name="color_wide">#FF00B100</color>
    <dimen name="size_lg">24dp</dimen>
    <string name="family_body" translatable="false">Inter, sans-serif</string>
    <integer name="weight_bold">600</integer>
    <integer name="time_slow">400</integer>
    <item name="ease_out_x2" type="dimen" format="float">0.58</item>
    <item name="ratio_wide" type="dimen" format="float">1.5</item>
    <dimen name="stroke_dashes_dash_2">2dp</dimen>
    <color name="edge_thin_color">#80000000</color>
    <integer name="motion_in_duration">200</integer>
    <bool name="shadow_both_2_inset">true</bool>
    <item name="fade_out_2_position" type="dimen" format="float">0.5</item>
    <dimen name="text_body_font_size">16sp</dimen>
    <item name="text_body_line_height" type="dimen" format="float">1.5</item>
"""
LESS = """\
@color-brand: #3366ff;
@color-veil: rgba(0, 0, 0, 0.5);
@color-wide: ~"oklch(0.65 0.3 145)";
@text-body: ~'400 16px/1.5 "Inter", serif';
@shadow-low: 0px -1px 2px 0.25rem rgba(0, 0, 0, 0.5);
"""
TAILWIND = """\
  --color-brand: #3366ff;
  --spacing-size-sm: 4px;
  --font-body: "Inter", sans-serif;
  --font-weight-bold: 600;
  --ease-out: cubic-bezier(0, 0, 0.58, 1);
  --shadow-low: 0px -1px 2px 0.25rem rgb(0 0 0 / 0.5);
  --text-body: 16px;
  --text-body--line-height: 1.5;
  --font-text-body: "Inter", serif;
  --time-fast: 200ms;
"""


def written(name: str, **tokens: Any) -> str:
    return export(name, token_set(tokens), HEADER).content


@pytest.mark.parametrize(
    ("name", "lines"),
    [("swift", UIKIT), ("ios-swiftui", SWIFTUI), ("compose", KOTLIN), ("flutter", DART), ("android", ANDROID),
     ("less", LESS), ("tailwind", TAILWIND)],
)  # fmt: skip
def test_every_type_is_converted(name: str, lines: str) -> None:
    exported = export(name, token_set(EVERY_TYPE), HEADER)
    assert exported.problems == []
    assert [line for line in lines.splitlines() if line not in exported.content.splitlines()] == []


@pytest.mark.parametrize("name", ["css", "scss", "less", "js", "ts", "json", "json-flat", "dtcg", "tailwind", *NATIVE])
def test_nothing_is_written_as_an_object_of_some_language(name: str) -> None:
    content = export(name, token_set(EVERY_TYPE), HEADER).content
    assert not any(sign in content for sign in ("[object", "None", "Decimal(", "NaN", "dict"))


@pytest.mark.parametrize("name", NATIVE)
def test_older_ways_of_writing_are_read(name: str) -> None:
    old = {
        "a": {"$type": "color", "$value": "#36f"},
        "b": {"$type": "dimension", "$value": "1rem"},
        "c": {"$type": "duration", "$value": "0.2s"},
        "d": {"$type": "cubicBezier", "$value": "ease-in"},
        "e": {"$type": "fontFamily", "$value": "Inter, serif"},
        "f": {"$type": "fontWeight", "$value": "700"},
    }
    new = {
        "a": {"$type": "color", "$value": color(0.2, 0.4, 1)},
        "b": {"$type": "dimension", "$value": px(16)},
        "c": {"$type": "duration", "$value": px(200, "ms")},
        "d": {"$type": "cubicBezier", "$value": [0.42, 0, 1, 1]},
        "e": {"$type": "fontFamily", "$value": ["Inter", "serif"]},
        "f": {"$type": "fontWeight", "$value": 700},
    }
    assert export(name, token_set(old), HEADER).content == export(name, token_set(new), HEADER).content


@pytest.mark.parametrize("name", NATIVE)
@pytest.mark.parametrize(
    ("type_", "value"),
    [("dimension", "50%"), ("dimension", "calc(1px + 2px)"), ("color", "currentcolor"), ("shadow", "none"),
     ("strokeStyle", "wavy"), ("gradient", "linear-gradient(red, blue)"), ("other", {"a": 1})],
)  # fmt: skip
def test_what_only_a_browser_understands_is_left_out_and_said(name: str, type_: str, value: Any) -> None:
    exported = export(name, token_set({"a": {"$type": type_, "$value": value}}), HEADER)
    assert codes_of(exported) == [(codes.EXPORT_INEXPRESSIBLE, "a")]


@pytest.mark.parametrize("name", NATIVE)
def test_two_tokens_of_one_name_are_told(name: str) -> None:
    twins = token_set({"a-b": {"$type": "number", "$value": 1}, "a": {"b": {"$type": "number", "$value": 2}}})
    exported = export(name, twins, HEADER)
    assert codes_of(exported) == [(codes.EXPORT_COLLISION, "a.b")]
    assert "is already taken by a-b" in exported.problems[0].message


def test_android_tells_names_apart_by_kind_as_its_resources_do() -> None:
    tokens = {"a-b": {"$type": "number", "$value": 1}, "a_b": {"$type": "color", "$value": color(0, 0, 0)}}
    assert export("android", token_set(tokens), HEADER).problems == []


def test_a_part_never_takes_the_name_of_a_token_on_android() -> None:
    edge = {"color": color(0, 0, 0), "width": px(1), "style": "solid"}
    tokens = {"e": {"$type": "border", "$value": edge}, "e-width": {"$type": "dimension", "$value": px(9)}}
    exported = export("android", token_set(tokens), HEADER)
    assert '<dimen name="e_width">9dp</dimen>' in exported.content
    assert codes_of(exported) == [(codes.EXPORT_COLLISION, "e")]


@pytest.mark.parametrize(
    ("name", "path", "line"),
    [
        ("swift", "default", "static let default_: "),
        ("compose", "object", "val object_: "),
        ("flutter", "switch", "static const double switch_ = "),
        ("flutter", "500", "static const double token500 = "),
        ("flutter", "größe", "static const double gru00f6u00dfe = "),
        ("swift", "größe", "static let größe: "),
        ("android", "class", 'name="class_"'),
        ("android", "500", 'name="_500"'),
        ("less", "1/2", "@1_2: "),
        ("less", "日本", "@u65e5u672c: "),
        ("less", "media", "@media_: "),
    ],
)
def test_names_follow_the_platform(name: str, path: str, line: str) -> None:
    assert line in written(name, **{path: {"$type": "number", "$value": 1}})


@pytest.mark.parametrize(
    ("name", "line"),
    [("swift", "public enum AcmeTokens {"), ("compose", "object AcmeTokens {"),
     ("flutter", "abstract final class AcmeTokens {"), ("android", 'name="acme_a"'), ("less", "@acme-a: 1;")],
)  # fmt: skip
def test_a_prefix_stands_before_the_outermost_names(name: str, line: str) -> None:
    tokens = token_set({"a": {"$type": "number", "$value": 1}})
    assert line in export(name, tokens, HEADER, prefix="acme").content


def test_kotlin_keeps_every_digit() -> None:
    tokens = {"a": {"$type": "number", "$value": 123456789}, "b": {"$type": "number", "$value": 0.1}}
    assert "val a: Double get() = 123456789.0" in written("compose", **tokens)
    assert "val b: Float get() = 0.1f" in written("compose", **tokens)


def test_texts_do_not_break_out_of_their_literals() -> None:
    evil = "\"'\\$x ${y} #{z} \\(w)\n\u2028</string>"
    tokens = token_set({"a": {"$type": "other", "$value": evil, "$deprecated": evil}})
    assert r'"\"' in export("swift", tokens, HEADER).content and "\\\\(w)" in export("swift", tokens, HEADER).content
    assert "\\$x \\${y}" in export("compose", tokens, HEADER).content
    assert "\\$x \\${y}" in export("flutter", tokens, HEADER).content
    for name in ("swift", "compose", "flutter"):
        assert "\u2028" not in export(name, tokens, HEADER).content


def test_android_resources_are_xml_whatever_the_tokens_hold() -> None:
    exported = export("android", token_set(HOSTILE), Header("Ev-->il -- System-", "1 --", "x-"))
    root = ET.fromstring(exported.content)
    assert root.tag == "resources"
    assert root.findtext('.//string[@name="family"]') == 'He said \\"#{1+1}\\" \\\\ */ </style>'


@pytest.mark.parametrize(
    ("path", "type_", "value", "name"),
    [
        ("space.sm", "dimension", px(4), "--spacing-sm"),
        ("radius.lg", "dimension", px(4), "--radius-lg"),
        ("border.radius.lg", "dimension", px(4), "--radius-border-radius-lg"),
        ("breakpoints.md", "dimension", px(768), "--breakpoint-breakpoints-md"),
        ("palette.red", "color", color(1, 0, 0), "--color-palette-red"),
        ("color", "color", color(1, 0, 0), "--color-color"),
        ("opacity.half", "number", 0.5, "--opacity-half"),
        ("lineHeight.tight", "number", 1.1, "--leading-line-height-tight"),
        ("fontFamily.body", "fontFamily", "Inter", "--font-body"),
    ],
)
def test_tailwind_namespaces(path: str, type_: str, value: Any, name: str) -> None:
    *groups, last = path.split(".")
    tree: dict[str, Any] = {last: {"$type": type_, "$value": value}}
    for group in reversed(groups):
        tree = {group: tree}
    assert f"  {name}: " in written("tailwind", **tree)


def test_dtcg_resolves_and_brings_older_ways_of_writing_up() -> None:
    document = {
        "color": {"a": {"$type": "color", "$value": "#36f"}, "b": {"$value": "{color.a}", "$description": "B"}},
        "edge": {"$type": "border", "$value": {"color": "{color.a}", "width": "1px", "style": "solid"}},
    }
    exported = json.loads(export("dtcg", token_set(document), HEADER, prefix="acme").content)
    blue = {"colorSpace": "srgb", "components": [0.2, 0.4, 1], "hex": "#3366ff"}
    assert exported == {
        "$extensions": {"org.xtext.design-system": HEADER.as_dict()},
        "acme": {
            "color": {
                "a": {"$type": "color", "$value": blue},
                "b": {"$type": "color", "$value": blue, "$description": "B"},
            },
            "edge": {
                "$type": "border",
                "$value": {"color": blue, "width": {"value": 1, "unit": "px"}, "style": "solid"},
            },
        },
    }


def test_dtcg_is_read_again_as_the_same_tokens() -> None:
    before = token_set(EVERY_TYPE)
    after = token_set(json.loads(export("dtcg", before, HEADER).content))
    assert after.check() == []
    assert {path: after.resolve(path) for path in after.tokens} == {
        path: before.resolve(path) for path in before.tokens
    }


def test_flat_json_has_a_member_for_each_path() -> None:
    exported = json.loads(written("json-flat", a={"b": {"$type": "number", "$value": 1}}))
    assert exported == {"$metadata": HEADER.as_dict(), "a.b": 1}


def test_dashes_count_their_rems() -> None:
    dashes = {**DASHES, "dashArray": [px(0.5, "rem")]}
    assert "dashes: [8]" in written("swift", a={"$type": "strokeStyle", "$value": dashes})
