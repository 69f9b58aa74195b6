"""Names of each platform: what habit expects, with nothing lost and nothing broken."""

from __future__ import annotations

import pytest

from designsystem.exporters.names import camel, custom_property, kebab, scss_name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("color.brand.500", "color-brand-500"),
        ("color.brandPrimary", "color-brand-primary"),
        ("font.lineHeight.2xl", "font-line-height-2xl"),
        ("size.2XL", "size-2xl"),
        ("a.HTMLColor", "a-html-color"),
        ("color.light blue", "color-light-blue"),
        ("space.-1", "space--1"),
        ("a_b.c", "a_b-c"),
    ],
)
def test_kebab(path: str, name: str) -> None:
    assert kebab(path) == name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("color.brand.500", "--color-brand-500"),
        ("space.1/2", r"--space-1\/2"),
        ("space.50%", r"--space-50\%"),
        ("größe.😀", "--größe-😀"),
        ("a.b;}", r"--a-b\;\}"),
        ("a.\x01", "--a-\\1 "),
        ("500", "--500"),
    ],
)
def test_custom_property(path: str, name: str) -> None:
    assert custom_property(path) == name


def test_a_prefix_comes_first() -> None:
    assert custom_property("color.a", "acme") == "--acme-color-a"
    assert scss_name("5", "acme") == "acme-5"
    assert camel("color.a", "acme-ui") == "acmeUiColorA"


def test_a_sass_variable_does_not_begin_with_a_digit() -> None:
    assert scss_name("2xl") == r"\32 xl"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("color.brand.500", "colorBrand500"),
        ("font.lineHeight.2xl", "fontLineHeight2xl"),
        ("space.-1", "spaceMinus1"),
        ("space.1/2", "space12"),
        ("default", "default_"),
        ("tokens", "tokens_"),
        ("500", "_500"),
        ("a²", "a"),
        ("größe", "größe"),
        ("!", "_"),
        ("Brand.Red", "brandRed"),
    ],
)
def test_camel(path: str, name: str) -> None:
    assert camel(path) == name
