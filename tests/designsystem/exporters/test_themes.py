"""Themes side by side: which blocks there are, and that they say what the resolver says for every combination."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

import pytest

from designsystem import codes
from designsystem.exporters import NoThemes, Themes, export, themed
from designsystem.exporters.themes import MOST_BLOCKS, placed
from designsystem.resolver.document import ResolverDocument, parse_resolver
from designsystem.resolver.resolution import resolve
from tests.designsystem.exporters.sets import HEADER, color, px

BASE = {
    "color": {
        "$type": "color",
        "page": {"$value": color(1, 1, 1), "$description": "The page"},
        "text": {"$value": color(0, 0, 0)},
        "link": {"$value": "{color.text}"},
    },
    "space": {"$type": "dimension", "sm": {"$value": px(8)}, "lg": {"$value": px(32)}},
    "edge": {"$type": "border", "$value": {"color": "{color.text}", "width": "{space.sm}", "style": "solid"}},
}
DARK = {
    "color": {
        "page": {"$type": "color", "$value": color(0, 0, 0)},
        "text": {"$type": "color", "$value": color(1, 1, 1)},
    }
}
COMPACT = {"space": {"sm": {"$type": "dimension", "$value": px(4)}}}
DENSITY = {"contexts": {"normal": [], "compact": [COMPACT]}, "default": "normal"}
THEME = {"contexts": {"light": [], "dark": [DARK]}, "default": "light"}


def resolver(base: dict[str, Any] = BASE, **modifiers: Any) -> ResolverDocument:
    document = {
        "version": "2025.10",
        "sets": {"base": {"sources": [base]}},
        "modifiers": modifiers,
        "resolutionOrder": [{"$ref": "#/sets/base"}, *({"$ref": f"#/modifiers/{name}"} for name in modifiers)],
    }
    return parse_resolver("a.resolver.json", json.dumps(document).encode(), lambda _path: None)


def written(themes: Themes, name: str = "css", **options: Any) -> str:
    return export(name, themes.base.tokens, HEADER, themes=themes, **options).content


def blocks_of(themes: Themes) -> dict[tuple[tuple[str, str], ...], list[str]]:
    return {block.contexts: [entry.path for entry in block.entries] for block in themes.blocks}


def rules(css: str) -> list[tuple[str, dict[str, str]]]:
    found = re.findall(r"^([^\s@/*][^{\n]*) \{\n(.*?)^\}", css, re.MULTILINE | re.DOTALL)
    return [(selector, dict(re.findall(r"(--[\w-]+): (.*);", body))) for selector, body in found]


def test_one_block_for_each_context_with_what_differs() -> None:
    css = written(themed(resolver(theme=THEME)))
    assert css.endswith(
        '\n[data-theme="dark"] {\n  --color-page: #000000;\n  --color-text: #ffffff;\n  --color-link: #ffffff;\n'
        "  --edge: 8px solid #ffffff;\n}\n"
    )
    assert css.count("/* The page */") == 1


def test_modifiers_that_do_not_meet_get_no_common_block() -> None:
    base = {key: value for key, value in BASE.items() if key != "edge"}
    themes = themed(resolver(base, theme=THEME, density=DENSITY))
    assert blocks_of(themes) == {
        (("theme", "dark"),): ["color.page", "color.text", "color.link"],
        (("density", "compact"),): ["space.sm"],
    }
    assert themes.problems == []


def test_a_token_that_hangs_on_two_modifiers_gets_a_block_for_both_together() -> None:
    themes = themed(resolver(theme=THEME, density=DENSITY))
    assert blocks_of(themes)[("theme", "dark"), ("density", "compact")] == ["edge"]
    assert '[data-theme="dark"][data-density="compact"] {\n  --edge: 4px solid #ffffff;\n}' in written(themes)


BRAND = {
    "contexts": {
        "plain": [],
        "loud": [{"color": {"text": {"$type": "color", "$value": color(1, 0, 0)}}}],
        "own": [{"color": {"link": {"$value": "{color.page}"}}}],
    },
    "default": "plain",
}


@pytest.mark.parametrize(
    "modifiers",
    [
        {"theme": THEME, "density": DENSITY},
        {"theme": THEME, "brand": BRAND},
        {"brand": BRAND, "theme": THEME},
        {"theme": THEME, "brand": BRAND, "density": DENSITY},
        {"theme": {**THEME, "default": "dark"}, "brand": BRAND},
    ],
)
@pytest.mark.parametrize("aliases", [False, True])
def test_the_cascade_says_what_the_resolver_says_for_every_combination(modifiers: Any, aliases: bool) -> None:
    document = resolver(**modifiers)
    themes = themed(document)
    found = rules(written(themes, aliases=aliases))
    for choice in itertools.product(*(each["contexts"] for each in modifiers.values())):
        inputs = dict(zip(modifiers, choice, strict=True))
        attributes = {f'[data-{name}="{context}"]' for name, context in inputs.items()}
        shown: dict[str, str] = {}
        order = sorted(found, key=lambda rule: rule[0].count("["))
        for selector, declared in order:
            if set(re.findall(r"\[.*?\]", selector)) <= attributes:
                shown |= declared
        followed = {name: follow(shown, value) for name, value in shown.items()}
        alone = export("css", resolve(document, inputs).tokens, HEADER).content
        assert followed == rules(alone)[0][1], inputs


def follow(shown: dict[str, str], value: str) -> str:
    while match := re.fullmatch(r"var\((.*)\)", value):
        value = shown[match[1]]
    return value


def test_light_and_dark_follow_the_system_on_demand() -> None:
    css = written(themed(resolver(theme=THEME, density=DENSITY)), media=True)
    assert "@media (prefers-color-scheme: dark) {\n  :root {\n    --color-page: #000000;" in css
    assert '@media (prefers-color-scheme: dark) {\n  [data-density="compact"] {\n    --edge: 4px solid #ffffff;' in css
    assert '\n[data-density="compact"] {\n  --space-sm: 4px;' in css


def test_tailwind_overrides_its_theme_variables() -> None:
    css = written(themed(resolver(theme=THEME)), "tailwind")
    assert '[data-theme="dark"] {\n  --color-page: #000000;\n  --color-text: #ffffff;' in css


def test_an_input_fixes_its_modifier() -> None:
    themes = themed(resolver(theme=THEME, density=DENSITY), {"Theme": "dark"})
    assert "--color-page: #000000;" in written(themes)
    assert list(blocks_of(themes)) == [(("density", "compact"),)]


def test_a_modifier_without_a_default_must_be_fixed() -> None:
    themes = themed(resolver(theme={"contexts": THEME["contexts"]}))
    assert [problem.code for problem in themes.base.problems] == [codes.RESOLVER_INPUT]
    assert themes.blocks == ()


def test_odd_names_stay_inside_their_selectors() -> None:
    odd = {"contexts": {"a": [], 'x"] body {': [COMPACT]}, "default": "a"}
    css = written(themed(resolver(**{"my Mode": odd})))
    assert '[data-my-mode="x\\"] body {"] {\n  --space-sm: 4px;' in css


def test_a_token_that_only_the_default_has_is_told() -> None:
    extra = {"contexts": {"light": [{"extra": {"$type": "number", "$value": 1}}], "dark": []}, "default": "light"}
    themes = themed(resolver(theme=extra))
    assert [(problem.code, problem.subject) for problem in themes.problems] == [(codes.EXPORT_THEME, "extra")]
    assert export("css", themes.base.tokens, HEADER, themes=themes).problems == themes.problems


def test_a_context_with_errors_is_told_and_the_rest_is_written() -> None:
    broken = {
        "contexts": {"light": [], "dark": [DARK], "bad": [{"color": {"page": {"$value": "{nowhere}"}}}]},
        "default": "light",
    }
    themes = themed(resolver(theme=broken))
    assert [problem.code for problem in themes.problems] == [codes.UNKNOWN_ALIAS]
    assert list(blocks_of(themes)) == [(("theme", "dark"),)]


def test_too_many_combinations_are_told_and_never_enumerated() -> None:
    modifiers = {
        f"m{number}": {
            "contexts": {"off": [], **{f"c{each}": [{"t": {"$type": "number", "$value": each}}] for each in range(9)}},
            "default": "off",
        }
        for number in range(5)
    }
    themes = themed(resolver({"t": {"$type": "number", "$value": 100}}, **modifiers))
    assert len(themes.blocks) == 45 <= MOST_BLOCKS
    assert [(problem.code, problem.subject) for problem in themes.problems] == [(codes.EXPORT_THEME, "t")]


def test_the_same_resolver_gives_the_same_bytes() -> None:
    first, second = (written(themed(resolver(theme=THEME, brand=BRAND, density=DENSITY))) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", ["scss", "json", "swift"])
def test_a_format_of_one_theme_refuses_several(name: str) -> None:
    themes = themed(resolver(theme=THEME))
    with pytest.raises(NoThemes, match="css, tailwind"):
        written(themes, name)


def test_problems_stand_where_the_token_is_stated() -> None:
    document = resolver(
        {"a-b": {"$type": "number", "$value": 1}, "a": {"b": {"$type": "number", "$value": 2}}}, theme=THEME
    )
    themes = themed(document)
    exported = export("css", themes.base.tokens, HEADER, themes=themes)
    found = [placed(problem, themes.base) for problem in exported.problems if problem.subject == "a.b"]
    assert [(problem.path, problem.code) for problem in found] == [("a.resolver.json", codes.EXPORT_COLLISION)]
