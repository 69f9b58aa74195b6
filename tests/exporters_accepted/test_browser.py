"""Guards: a browser computes from the style sheet what the tokens mean; read back through Chromium."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from designsystem.color import SPACES, convert
from designsystem.exporters import export, themed
from tests.designsystem.exporters.sets import EVERY_TYPE, HEADER, color, token_set
from tests.designsystem.exporters.test_export import HOSTILE
from tests.designsystem.exporters.test_themes import DENSITY, THEME, resolver
from tests.exporters_accepted.tools import shown

pytestmark = [pytest.mark.network, pytest.mark.timeout(300)]

COMPUTED = [
    ("--color-brand", "color", "color", "rgb(51, 102, 255)"),
    ("--color-veil", "color", "color", "rgba(0, 0, 0, 0.5)"),
    ("--color-wide", "color", "color", "oklch(0.65 0.3 145)"),
    ("--size-sm", "width", "width", "4px"),
    ("--size-lg", "width", "width", "24px"),
    ("--family-body", "font-family", "font-family", "Inter, sans-serif"),
    ("--weight-bold", "font-weight", "font-weight", "600"),
    ("--time-fast", "transition-duration", "transition-duration", "0.2s"),
    ("--time-slow", "transition-duration", "transition-duration", "0.4s"),
    ("--ease-out", "transition-timing-function", "transition-timing-function", "cubic-bezier(0, 0, 0.58, 1)"),
    ("--ratio-wide", "flex-grow", "flex-grow", "1.5"),
    ("--stroke-plain", "border-style", "border-top-style", "dotted"),
    ("--stroke-dashes", "border-style", "border-top-style", "dashed"),
    ("--edge-thin", "border", "border-top", "1px solid rgba(0, 0, 0, 0.5)"),
    ("--motion-in", "transition", "transition-timing-function", "cubic-bezier(0, 0, 1, 1)"),
    ("--shadow-low", "box-shadow", "box-shadow", "rgba(0, 0, 0, 0.5) 0px -1px 2px 4px"),
    ("--shadow-both", "box-shadow", "box-shadow",
     "rgba(0, 0, 0, 0.5) 0px -1px 2px 4px, rgba(0, 0, 0, 0.5) 0px -1px 2px 4px inset"),
    ("--text-body", "font", "font-size", "16px"),
    ("--text-body", "font", "line-height", "24px"),
    ("--text-body-letter-spacing", "letter-spacing", "letter-spacing", "0.5px"),
]  # fmt: skip
"""Custom property, the property that takes it, the one that is read, and what a browser answers."""

READ = """
const element = document.querySelector("#probe");
report(cases.map(([name, takes, reads]) => {
  element.style.cssText = `${takes}: var(${name})`;
  return getComputedStyle(element).getPropertyValue(reads);
}));
"""
PAINT = """
const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
report(cases.map((name) => {
  canvas.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name);
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
}));
"""
NAMES = """
const rules = [...document.styleSheets[0].cssRules];
report([rules.map((rule) => rule.selectorText), [...rules[0].style]]);
"""


def page(css: str, script: str, cases: Any = (), attributes: str = "") -> str:
    return (
        f"<html {attributes}><style>{css}</style><div id=probe></div>"
        f"<script>const cases = {json.dumps(cases)};{script}</script>"
    )


@pytest.mark.parametrize("aliases", [False, True])
def test_every_type_is_computed(tmp_path: Path, aliases: bool) -> None:
    css = export("css", token_set(EVERY_TYPE), HEADER, aliases=aliases).content
    found = shown(page(css, READ, [case[:3] for case in COMPUTED]), tmp_path)
    assert dict(zip(map(str, COMPUTED), found, strict=True)) == {str(case): case[3] for case in COMPUTED}


def test_a_gradient_takes_the_stops(tmp_path: Path) -> None:
    css = export("css", token_set(EVERY_TYPE), HEADER).content
    script = READ.replace("var(${name})", "linear-gradient(90deg, var(${name}))")
    found = shown(page(css, script, [["--fade-out", "background-image", "background-image"]]), tmp_path)
    assert found == ["linear-gradient(90deg, rgba(0, 0, 0, 0.5) 0%, rgb(255, 255, 255) 50%)"]


PAINTED: dict[str, tuple[float, ...]] = {
    **dict.fromkeys(SPACES, (0.3, 0.32, 0.35)),
    "hsl": (210, 50, 40),
    "hwb": (210, 20, 40),
    "lab": (50, 10, -20),
    "lch": (50, 20, 270),
    "oklab": (0.5, 0, -0.05),
    "oklch": (0.5, 0.05, 250),
}
del PAINTED["rec2020"]  # CSS Color 4 changed its transfer curve in 2025, and browsers do not draw with the new one yet


def test_our_conversion_paints_what_the_browser_paints(tmp_path: Path) -> None:
    values = {space: color(*components, space=space) for space, components in PAINTED.items()}
    tokens = token_set({"c": {"$type": "color", **{space: {"$value": value} for space, value in values.items()}}})
    css = export("css", tokens, HEADER).content
    found = dict(zip(values, shown(page(css, PAINT, [f"--c-{space}" for space in values]), tmp_path), strict=True))
    for space, value in values.items():
        ours = convert(value, "srgb")
        assert ours is not None
        assert all(abs(a * 255 - b) <= 1.01 for a, b in zip(ours[:3], found[space][:3], strict=True)), (space, found)


def test_hostile_names_and_texts_make_one_rule(tmp_path: Path) -> None:
    css = export("css", token_set(HOSTILE), HEADER).content
    selectors, names = shown(page(css, NAMES), tmp_path)
    assert selectors == [":root"]
    assert set(names) == {
        "--space-1/2", "--space-a-b", "--__proto__-x", "--__proto__-__proto__", "--default", "--family", "--noted"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("attributes", "wanted"),
    [
        ("", ["#ffffff", "8px", "8px solid #000000"]),
        ('data-theme="dark"', ["#000000", "8px", "8px solid #ffffff"]),
        ('data-density="compact"', ["#ffffff", "4px", "4px solid #000000"]),
        ('data-theme="dark" data-density="compact"', ["#000000", "4px", "4px solid #ffffff"]),
    ],
)
def test_themes_cascade(tmp_path: Path, attributes: str, wanted: list[str]) -> None:
    themes = themed(resolver(theme=THEME, density=DENSITY))
    css = export("css", themes.base.tokens, HEADER, themes=themes).content
    script = "report(cases.map((name) => getComputedStyle(document.documentElement).getPropertyValue(name)));"
    assert shown(page(css, script, ["--color-page", "--space-sm", "--edge"], attributes), tmp_path) == wanted


@pytest.mark.parametrize(("scheme", "wanted"), [("0", "#000000"), ("1", "#ffffff")])
def test_themes_follow_the_system(tmp_path: Path, scheme: str, wanted: str) -> None:
    themes = themed(resolver(theme=THEME))
    css = export("css", themes.base.tokens, HEADER, themes=themes, media=True).content
    script = "report(getComputedStyle(document.documentElement).getPropertyValue('--color-page'));"
    assert shown(page(css, script), tmp_path, f"--blink-settings=preferredColorScheme={scheme}") == wanted
