"""Colors from fourteen spaces into sRGB and Display P3."""

from __future__ import annotations

from typing import Any

import pytest

from designsystem.color import SPACES, as_object, convert, widest
from designsystem.tokens.types import color as type_


def made(space: str, *components: Any, **more: Any) -> dict[str, Any]:
    return {"colorSpace": space, "components": list(components), **more}


# From the definitions of the spaces in CSS Color 4; rec2020 with the 2.4 gamma that it has had since 2025.
@pytest.mark.parametrize(
    ("value", "hexadecimal"),
    [
        (made("srgb", 1, 0, 0.5), "#ff0080"),
        (made("srgb-linear", 0.5, 0.5, 0.5), "#bcbcbc"),
        (made("hsl", 330, 100, 50), "#ff0080"),
        (made("hwb", 330, 0, 0), "#ff0080"),
        (made("lab", 46.2775, -47.552, 48.5837), "#008000"),
        (made("lch", 29.2345, 44.2, 27), "#7d2329"),
        (made("oklab", 0.51975, -0.1403, 0.10768), "#008000"),
        (made("oklch", 0.51975, 0.17686, 142.495), "#008000"),
        (made("display-p3", 0.21604, 0.49418, 0.13151), "#008000"),
        (made("a98-rgb", 0.28161, 0.49943, 0.11488), "#008000"),
        (made("prophoto-rgb", 0.230479, 0.395789, 0.129968), "#008000"),
        (made("rec2020", 0.33232, 0.50979, 0.19178), "#008000"),
        (made("xyz-d50", 0.08312, 0.154746, 0.020961), "#008000"),
        (made("xyz-d65", 0.07719, 0.15438, 0.02573), "#008000"),
    ],
)
def test_every_space_reaches_srgb(value: dict[str, Any], hexadecimal: str) -> None:
    found = convert(value, "srgb")
    assert found is not None
    wanted = [int(hexadecimal[index : index + 2], 16) for index in (1, 3, 5)]
    assert all(abs(channel * 255 - want) <= 1 for channel, want in zip(found[:3], wanted, strict=True)), found.hex()


def test_there_are_the_spaces_of_the_format() -> None:
    assert set(SPACES) == set(type_.SPACES)
    assert all(convert(made(space, 0.2, 0.2, 0.2), "srgb") is not None for space in SPACES)


def test_none_counts_as_zero() -> None:
    assert convert(made("hsl", "none", 0, 50), "srgb") == convert(made("hsl", 0, 0, 50), "srgb")
    veil = convert(made("srgb", 0, 0, 0, alpha="none"), "srgb")
    assert veil is not None and veil.alpha == 0


def test_alpha_is_kept_in_every_space() -> None:
    found = convert(made("oklch", 0.5, 0.1, 30, alpha=0.25), "srgb")
    assert found is not None
    assert found.alpha == 0.25
    assert found.argb().startswith("40")


def test_what_srgb_holds_is_not_moved() -> None:
    assert convert(made("srgb", 0.2, 0.4, 0.6), "srgb") == (0.2, 0.4, 0.6, 1, "srgb")
    assert widest(made("display-p3", 0.5, 0.5, 0.5)) == (0.5, 0.5, 0.5, 1, "srgb")


def test_what_srgb_does_not_hold_is_given_in_display_p3() -> None:
    green = made("display-p3", 0, 1, 0)
    assert widest(green) == (0, 1, 0, 1, "display-p3")


def test_gamut_mapping_keeps_lightness_and_hue_rather_than_clipping() -> None:
    green = convert(made("display-p3", 0, 1, 0), "srgb")
    assert green is not None
    assert green.hex() != "#00ff00" and green.green > 0.95 and green.red == 0
    assert all(0 <= channel <= 1 for channel in green[:4])


@pytest.mark.parametrize("text", ["#36f", "#3366ff", "rgb(51 102 255)", "rgba(51, 102, 255, 1)"])
def test_css_text_of_drafts_is_read(text: str) -> None:
    assert as_object(text) == made("srgb", 0.2, 0.4, 1, hex="#3366ff")


@pytest.mark.parametrize(
    "value",
    [
        None, 1, "currentcolor", "red; }", "", "#12", "x" * 5000, {}, made("srgb", 0, 0), made("cmyk", 0, 0, 0),
        made("srgb", 0, 0, True), made("srgb", 0, 0, "0"), made("srgb", 0, 0, float("nan")),
        made("srgb", 0, 0, 10**400),
        made("srgb", 0, 0, 0, alpha="x"), {"colorSpace": ["srgb"], "components": [0, 0, 0]},
    ],
)  # fmt: skip
def test_what_is_no_color_is_none(value: Any) -> None:
    assert convert(value, "srgb") is None
    assert widest(value) is None
    assert as_object(value) is None
