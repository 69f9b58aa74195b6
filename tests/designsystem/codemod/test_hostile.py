from __future__ import annotations

from time import perf_counter

import pytest

from designsystem.codemod.names import Renaming, names_of
from designsystem.codemod.rewriting import line_and_column, rewrite

NAMES = names_of([Renaming("color.brandRed", "color.brandBlue"), Renaming("a.gone", None)])
SIZE = 300_000
WIDE = "\u2003"
"""A space that is among what names of JavaScript are made of, if one is not careful."""


@pytest.mark.parametrize(
    ("path", "begin", "again"),
    [
        ("a.ts", "import a", " "),
        ("a.ts", "import a", "\n"),
        ("a.ts", "import ", WIDE),
        ("a.ts", "const ", WIDE),
        ("a.ts", "import { colorBrandBlue", " "),
        ("a.ts", "", "'\\"),
        ("a.ts", "", "=/["),
        ("a.ts", "", "'a';b;"),
        ("a.ts", "", "import { x } from 'tokens';"),
        ("a.ts", "import { colorBrandRed } from 'tokens';\nf(", ", colorBrandRed "),
        ("a.json", "", '"\\'),
        ("a.css", "", '"\\'),
        ("a.css", "", "url("),
        ("a.scss", "", "'\\"),
        ("a.vue", "", "<style>"),
        ("a.vue", "", "<style"),
    ],
)
def test_no_file_makes_it_stand_still(path: str, begin: str, again: str) -> None:
    """What looks back or ahead from everywhere takes minutes for these."""
    started = perf_counter()
    rewrite(path, begin + again * (SIZE // len(again)), NAMES)
    assert perf_counter() - started < 10


def test_places_are_told_in_the_time_of_reading() -> None:
    text = "a.gone\n" * 100_000
    started = perf_counter()
    assert [line_and_column(text, at) for at in range(0, len(text), 7)][-1] == (100_000, 1)
    assert perf_counter() - started < 5


def test_quotes_without_a_partner_hide_nothing_behind_them() -> None:
    names = names_of([Renaming("color.brandRed", "color.brandBlue")])
    jsx = "<p>Don't \\' {tokens.color.brandRed}</p>\n<p>'{tokens.color.brandRed}</p>"
    assert rewrite("a.tsx", jsx, names).text == jsx.replace("Red", "Blue")
    markup = "<style>a { color: var(--color-brand-red) }</style><style lang='scss'>$x: $color-brand-red;</style><style>"
    assert rewrite("a.vue", markup, names).text == markup.replace("red", "blue")
    sheet = "a { content: 'x\n; color: var(--color-brand-red) }"
    assert rewrite("a.css", sheet, names).text == sheet.replace("red", "blue")
