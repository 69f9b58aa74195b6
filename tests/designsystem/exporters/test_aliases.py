"""Aliases kept as variables, where a whole token is one."""

from __future__ import annotations

from typing import Any

import pytest

from designsystem.exporters import export
from tests.designsystem.exporters.sets import HEADER, color, px, token_set

DOCUMENT: dict[str, Any] = {
    "link": {"$value": "{brand}"},
    "hover": {"$value": "{link}"},
    "pointed": {"$value": {"$ref": "#/brand"}},
    "brand": {"$type": "color", "$value": color(0.2, 0.4, 1)},
    "edge": {"$type": "border", "$value": {"color": "{brand}", "width": px(1), "style": "solid"}},
    "body": {"$type": "typography", "$value": {"fontFamily": "Inter", "fontSize": px(16)}},
    "note": {"$value": "{body}"},
}


def lines(name: str, document: dict[str, Any] = DOCUMENT, **options: Any) -> list[str]:
    content = export(name, token_set(document), HEADER, aliases=True, **options).content
    return [line.strip().removesuffix(";") for line in content.splitlines()]


def test_css_keeps_them_as_var() -> None:
    written = lines("css")
    assert "--link: var(--brand)" in written
    assert "--hover: var(--link)" in written
    assert "--pointed: var(--brand)" in written
    assert "--brand: #3366ff" in written
    assert "--edge: 1px solid #3366ff" in written
    assert "--note: var(--body)" in written
    assert "--note-font-size: var(--body-font-size)" in written


def test_scss_declares_what_is_referred_to_before() -> None:
    written = lines("scss")
    order = [written.index(line) for line in ("$brand: #3366ff", "$link: $brand", "$hover: $link")]
    assert order == sorted(order)
    assert written.index('$body: 16px "Inter"') < written.index("$note: $body")


def test_less_and_tailwind_keep_them_too() -> None:
    assert "@link: @brand" in lines("less")
    assert "--color-link: var(--color-brand)" in lines("tailwind")


def test_names_carry_the_prefix() -> None:
    assert "--acme-link: var(--acme-brand)" in lines("css", prefix="acme")


def test_an_alias_of_a_token_that_is_left_out_is_followed() -> None:
    twins = {
        "a-b": {"$type": "number", "$value": 1},
        "a": {"b": {"$type": "number", "$value": 2}},
        "c": {"$value": "{a.b}"},
    }
    assert "--c: 2" in lines("css", twins)


def test_an_alias_under_another_type_that_reads_otherwise_is_followed() -> None:
    tokens = {"a": {"$type": "fontWeight", "$value": "bold"}, "b": {"$type": "other", "$value": "{a}"}}
    assert "--b: bold" in lines("css", tokens)


@pytest.mark.parametrize("name", ["js", "ts", "json", "dtcg", "swift", "android", "compose", "flutter"])
def test_formats_without_variables_follow_them(name: str) -> None:
    tokens = token_set(DOCUMENT)
    assert export(name, tokens, HEADER, aliases=True).content == export(name, tokens, HEADER).content
