"""What counts as a usage in each language, and that nothing else is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designsystem.codemod.names import Names, Renaming, names_of, renamings
from designsystem.codemod.rewriting import Rewritten, is_known, rewrite, told
from designsystem.codemod.scanning import pieces

PAIRS = [
    Renaming("color.brand.500", "color.accent.base"),
    Renaming("space.brandGap", "space.gap.brand"),
    Renaming("text.body", "text.copy", is_typography=True),
    Renaming("size.old", None),
    Renaming("swap.a", "swap.b"),
    Renaming("swap.b", "swap.a"),
    Renaming("chain.a", "chain.b"),
    Renaming("chain.b", "chain.c"),
]
NAMES = names_of(PAIRS)


def new(path: str, text: str, names: Names = NAMES, **more: frozenset[str]) -> str:
    return rewrite(path, text, names, **more).text


CSS = [
    (".x { color: var(--color-brand-500, red) }", ".x { color: var(--color-accent-base, red) }"),
    (":root{--color-brand-500:#fff}", ":root{--color-accent-base:#fff}"),
    ("@property --color-brand-500 { }", "@property --color-accent-base { }"),
    ("a { gap: var(--space-brand-gap) }", "a { gap: var(--space-gap-brand) }"),
    ("a { font: var(--text-body); size: var(--text-body-font-size) }",
     "a { font: var(--text-copy); size: var(--text-copy-font-size) }"),
    ("a{--swap-a:1;--swap-b:2;x:var(--chain-a) var(--chain-b)}",
     "a{--swap-b:1;--swap-a:2;x:var(--chain-b) var(--chain-c)}"),
    ("a { b: var(--color-brand-500-hover) var(--color-brand-50) var(--x-color-brand-500) }", None),
    (".block--color-brand-500 {} .-x--swap-a {} #--swap-a {}", None),
    ("/* var(--color-brand-500) */ a { content: '--color-brand-500'; b: url(x--swap-a.png) }", None),
    ("a { background: url(http://x/y) var(--swap-a) }", "a { background: url(http://x/y) var(--swap-b) }"),
    ("$color-brand-500: 1; @color-brand-500: 2", None),
]  # fmt: skip


@pytest.mark.parametrize(("old", "wanted"), CSS)
def test_css(old: str, wanted: str | None) -> None:
    assert new("a.css", old) == (wanted or old)


SCSS = [
    ("a { color: $color-brand-500; gap: t.$space_brand_gap }",
     "a { color: $color-accent-base; gap: t.$space-gap-brand }"),
    ("$color-brand-500: red !default;", "$color-accent-base: red !default;"),
    ('a { b: map.get(t.$tokens, "color-brand-500") map-get($tokens, \'swap-a\') }',
     'a { b: map.get(t.$tokens, "color-accent-base") map-get($tokens, \'swap-b\') }'),
    ('a { b: "x #{$color-brand-500} $color-brand-500" }', 'a { b: "x #{$color-accent-base} $color-brand-500" }'),
    ("a { --x: #{$swap-a}; b: var(--swap-b) }", "a { --x: #{$swap-b}; b: var(--swap-a) }"),
    ("// $color-brand-500\n/* $swap-a */ a { b: $text-body-line-height }",
     "// $color-brand-500\n/* $swap-a */ a { b: $text-copy-line-height }"),
    ("a { b: $color-brand-500-hover; c: var(--color-brand-500#{$i}); d: map.get($other, 'swap-a') }", None),
    (".#{$block}--swap-a { b: c }", None),
]  # fmt: skip


@pytest.mark.parametrize(("old", "wanted"), SCSS)
def test_scss(old: str, wanted: str | None) -> None:
    assert new("a.scss", old) == (wanted or old)


LESS = [
    ("a { color: @color-brand-500; b: @tokens[swap-a] }", "a { color: @color-accent-base; b: @tokens[swap-b] }"),
    ('a { b: ~"@{swap-a} @swap-a"; c: "@{swap-b}" }', 'a { b: ~"@{swap-b} @swap-a"; c: "@{swap-a}" }'),
    ("@swap-a: 1; // @swap-a\n.@{swap-a}-x { }", "@swap-b: 1; // @swap-a\n.@{swap-b}-x { }"),
    ("a { b: @@swap-a; c: $swap-a }", None),
    ("@media (x) { a { b: c } }", None),
]


@pytest.mark.parametrize(("old", "wanted"), LESS)
def test_less(old: str, wanted: str | None) -> None:
    assert new("a.less", old) == (wanted or old)


SCRIPTS = [
    ('import { colorBrand500 } from "@acme/tokens";\nf(colorBrand500);',
     'import { colorAccentBase } from "@acme/tokens";\nf(colorAccentBase);'),
    ("import { colorBrand500 as c, swapA } from 'x'\nlet y = [c, swapA]",
     "import { colorAccentBase as c, swapB } from 'x'\nlet y = [c, swapB]"),
    ("import { swapA, swapB } from 'x'; g(swapA, swapB, o.swapA, { swapA: 1, swapB, k: swapA })",
     "import { swapB, swapA } from 'x'; g(swapB, swapA, o.swapA, { swapA: 1, swapB: swapA, k: swapB })"),
    ("import { chainA, chainC } from 'x'; g(chainA, chainC)", "import { chainB, chainC } from 'x'; g(chainB, chainC)"),
    ("import { colorAccentBase, colorBrand500 } from 'x'; g(colorBrand500)",
     "import { colorAccentBase } from 'x'; g(colorAccentBase)"),
    ("import * as T from 'x'; g(T.colorBrand500, T.tokens.color.brand[500])",
     "import * as T from 'x'; g(T.colorAccentBase, T.tokens.color.accent.base)"),
    ("const { colorBrand500, swapA: s } = require('x'); g(colorBrand500, s)",
     "const { colorAccentBase, swapB: s } = require('x'); g(colorAccentBase, s)"),
    ("const t = require('x'); g(t.swapA)", "const t = require('x'); g(t.swapB)"),
    ("export { colorBrand500 } from 'x'", "export { colorAccentBase as colorBrand500 } from 'x'"),
    ("import { swapA } from 'x'\nexport { swapA }", "import { swapB } from 'x'\nexport { swapB as swapA }"),
    ("import type { A } from 'y'\nimport { swapA } from 'x'\ntype T = typeof swapA",
     "import type { A } from 'y'\nimport { swapB } from 'x'\ntype T = typeof swapB"),
    ("export enum E { X }\nimport { swapA } from 'x'; swapA ? swapA : 1",
     "export enum E { X }\nimport { swapB } from 'x'; swapB ? swapB : 1"),
    ("const colorBrand500 = 1; g(colorBrand500)", None),
    ("import { colorBrand500 } from './colors'; g(colorBrand500)", None),
    ("import { swapA } from '../tokens.js'; g(swapA)", "import { swapB } from '../tokens.js'; g(swapB)"),
    ("a = tokens.color.brand[500] + tokens.color.brand['500'].x + tokens['color'].brand[\"500\"]",
     "a = tokens.color.accent.base + tokens.color.accent.base.x + tokens.color.accent.base"),
    ("a = tokens?.swap?.a ?? x.tokens.swap.a", "a = tokens?.swap?.b ?? x.tokens.swap.a"),
    ("import t from 'my-tokens'; t.swap.a", "import t from 'my-tokens'; t.swap.b"),
    ("import t from './theme'; t.swap.a", None),
    ("token('color.brand.500'); flat[\"swap.a\"]; x = `swap.b`; y = '{swap.a}'",
     "token('color.accent.base'); flat[\"swap.b\"]; x = `swap.a`; y = '{swap.b}'"),
    ("s = css`color: var(--swap-a); ${p => p.x ? `var(--swap-b)` : '--swap-a'} m: var(--chain-a)`",
     "s = css`color: var(--swap-b); ${p => p.x ? `var(--swap-a)` : '--swap-b'} m: var(--chain-b)`"),
    ("e.style.setProperty('--color-brand-500', `${n}px`)", "e.style.setProperty('--color-accent-base', `${n}px`)"),
    ("import { swapA } from 'x'\n<p a={swapA} b={{ swapA }} c={[swapA]}>{swapA} {swapA}, {swapA}</p>",
     "import { swapB } from 'x'\n<p a={swapB} b={{ swapA: swapB }} c={[swapB]}>{swapB} {swapB}, {swapB}</p>"),
    ("import { swapA } from 'x'\nx = `${swapA}`; y = {swapA}; z={ swapA, k: `${swapA}` }; `${f({swapA})}`",
     ("import { swapB } from 'x'\nx = `${swapB}`; y = {swapA: swapB}; z={ swapA: swapB, k: `${swapB}` }; "
     "`${f({swapA: swapB})}`")),
    ("import { swapA } from 'x'\n() => { swapA }; () => ({swapA}); return { swapA }",
     "import { swapB } from 'x'\n() => { swapB }; () => ({swapA: swapB}); return { swapA: swapB }"),
    ("// tokens.swap.a '--swap-a'\n/* 'swap.a' */ x = 'see swap.a' + /'swap.a'/.source", None),
    ("import x from 'swap.a'; require('swap.a')", None),
    ("<p style={{ color: 'var(--swap-a)' }}>Don't</p>\nb = 'var(--swap-b)'",
     "<p style={{ color: 'var(--swap-b)' }}>Don't</p>\nb = 'var(--swap-a)'"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "wanted"), SCRIPTS)
def test_scripts(old: str, wanted: str | None) -> None:
    assert new("src/a.tsx", old) == (wanted or old)


def test_modules_that_are_named_are_the_only_ones() -> None:
    text = "import { swapA } from './theme'; import { chainA } from 'other'; g(swapA, chainA)"
    wanted = "import { swapB } from './theme'; import { chainA } from 'other'; g(swapB, chainA)"
    assert new("a.ts", text, modules=frozenset({"./theme"})) == wanted


def test_a_constant_of_one_word_counts_only_from_a_module_that_is_named() -> None:
    names = names_of([Renaming("red", "crimson")])
    text = "import { red } from 'chalk'; red()"
    assert new("a.ts", text, names) == text
    assert new("a.ts", text, names, modules=frozenset({"chalk"})) == "import { crimson } from 'chalk'; crimson()"


def test_a_file_of_tokens_hands_on_the_new_name() -> None:
    assert new("src/tokens.ts", "export { swapA } from 'x'") == "export { swapB } from 'x'"


def test_json() -> None:
    old = (
        '{"swap.a": "{color.brand.500}", "x": ["var(--swap-b)", "swap.b", "see swap.a"], // swap.a\n "swap": {"a": 1}}'
    )
    wanted = (
        '{"swap.b": "{color.accent.base}", "x": ["var(--swap-a)", "swap.a", "see swap.a"], '
        '// swap.a\n "swap": {"a": 1}}'
    )
    assert new("a.json", old) == wanted
    assert new("package.json", old) == old


def test_single_file_components() -> None:
    old = (
        "<script lang='ts'>import { swapA } from 'x'; swapA</script>\n<!-- --swap-a -->\n"
        "<p style='color: var(--swap-a)'>Don't</p>\n"
        '<style lang="scss">a { b: $swap-a }</style>\n<style>a{b:$swap-a}</style>'
    )
    wanted = (
        "<script lang='ts'>import { swapB } from 'x'; swapB</script>\n<!-- --swap-a -->\n"
        "<p style='color: var(--swap-b)'>Don't</p>\n"
        '<style lang="scss">a { b: $swap-b }</style>\n<style>a{b:$swap-a}</style>'
    )
    assert new("A.vue", old) == wanted


def test_what_nothing_takes_the_place_of_is_left_and_told() -> None:
    found = rewrite("a.css", "a {\n  b: var(--size-old);\n}", NAMES)
    assert (found.text, found.renamed) == ("a {\n  b: var(--size-old);\n}", ())
    assert list(told("a.css", found.text, found.left)) == ["a.css:2:10 --size-old"]
    found = rewrite("a.ts", "import { sizeOld } from 'x'\nf(sizeOld, tokens.size.old, 'size.old')", NAMES)
    assert len(found.left) == 4 and not found.renamed


def test_names_that_two_tokens_share_are_left_alone() -> None:
    names = names_of([Renaming("a.bC", "x.one"), Renaming("a.b-c", "x.two")])
    assert new("a.css", "a { b: var(--a-b-c) }", names) == "a { b: var(--a-b-c) }"
    assert "--a-b-c" in names.unclear
    assert new("a.ts", "flat['a.bC'], flat['a.b-c']", names) == "flat['x.one'], flat['x.two']"


def test_names_carry_the_prefix_that_they_were_exported_with() -> None:
    names = names_of(PAIRS, prefix="acme")
    assert (
        new("a.css", "a { b: var(--acme-swap-a) var(--swap-a) }", names) == "a { b: var(--acme-swap-b) var(--swap-a) }"
    )
    assert new("a.ts", "import { acmeSwapA } from 'x'; acmeSwapA", names) == "import { acmeSwapB } from 'x'; acmeSwapB"


def test_odd_names_are_written_as_the_exporters_write_them() -> None:
    names = names_of([Renaming("space.1,5", "space.1.5"), Renaming("a.b", "c.\"q'")])
    assert new("a.css", r"a { b: var(--space-1\,5) }", names) == "a { b: var(--space-1-5) }"
    assert new("a.ts", "t = tokens.a.b; u = 'a.b'", names) == "t = tokens.c[\"\\\"q'\"]; u = 'c.\"q\\''"


def test_of_what_was_only_recognised_the_unsure_may_be_left_out() -> None:
    steps = {"tokens": [{"old": "a", "new": "b", "confidence": 0.6}, {"old": "c", "new": "d", "type": "typography"}]}
    assert [pair.old for pair in renamings(steps)] == ["a", "c"]
    assert renamings(steps, least=0.7) == [Renaming("c", "d", is_typography=True)]


def test_only_files_of_known_languages_are_looked_at() -> None:
    assert all(map(is_known, ("a.css", "b/C.TSX", "a.module.scss", "x.vue", "t.tokens.json")))
    assert not any(map(is_known, ("a.md", "a.py", "package-lock.json", "Makefile", "css")))


PLAIN = names_of([Renaming("a.b", "x.y"), Renaming("c.d", "z.w")])
TEXT = st.lists(
    st.sampled_from(
        ["--a-b", "$a-b", "@a-b", "a.b", "aB", "tokens", ".", "[", "]", "'", '"', "`", "${", "{", "}", "(", ")", "/",
         "*", "//", "/*", "*/", "\\", " ", "\n", ",", ":", "import", "from", "'x'", "--z-w", "url(", "#", "é"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@given(TEXT, st.sampled_from(["a.css", "a.scss", "a.less", "a.ts", "a.json", "a.vue"]))
def test_any_text_is_rewritten_and_a_second_time_changes_nothing(text: str, path: str) -> None:
    once = rewrite(path, text, PLAIN)
    assert isinstance(once, Rewritten)
    assert rewrite(path, once.text, PLAIN).text == once.text


@given(TEXT)
def test_the_pieces_of_a_script_do_not_overlap(text: str) -> None:
    end = 0
    for piece in pieces(text):
        assert end <= piece.start <= piece.end <= len(text) + 1
        end = piece.end
