"""Guards: code that compiled with one version of the tokens compiles with the next once codemod has been over it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from designsystem.codemod.names import names_of, renamings
from designsystem.codemod.rewriting import rewrite
from designsystem.compare.tokens import compare_tokens
from designsystem.exporters import export
from designsystem.migration import migration
from designsystem.tokens.set import TokenSet
from designsystem.tokens.token import EXTENSION_KEY
from tests.designsystem.exporters.sets import HEADER, token_set
from tests.exporters_accepted.tools import Tools

pytestmark = [pytest.mark.network, pytest.mark.timeout(300)]


def number(value: int) -> dict[str, Any]:
    """A token that keeps its id wherever it goes; its value tells which one it is."""
    identity = f"{value:08x}-0000-4000-8000-000000000000"
    return {"$type": "number", "$value": value, "$extensions": {EXTENSION_KEY: {"id": identity}}}


OLD = token_set({"brand": {"500": number(1), "red": number(2)}, "swap": {"a": number(3), "b": number(4)}})
NEW = token_set({"accent": {"base": number(1), "red2": number(2)}, "swap": {"b": number(3), "a": number(4)}})
NAMES = names_of(renamings(migration(compare_tokens(OLD, NEW))))

SCSS = """\
@use "sass:map";
@use "tokens" as t;
// t.$brand-500 stays in comments
a { x: t.$brand-500; y: "#{t.$swap_a} $swap-a"; z: map.get(t.$tokens, "swap-b"); --k: #{t.$brand-red}; }
"""
LESS = """\
@import "tokens.less";
a { x: @brand-500; y: ~"@{swap-a} @swap-a"; z: @tokens[swap-b]; k: @brand-red; }
"""
TYPESCRIPT = """\
import tokens, { brand500, swapA as first, swapB, token, type TokenName } from "./tokens.js";
import * as all from "./tokens.js";
const name: TokenName = "brand.red"; // "brand.red"
const shorthand = { brand500, swapB, nested: { brand500: 1 } };
const values: [1, 2, 3, 4, 3, 1, 4] = [
  brand500, token("brand.red"), first, swapB, all.swapA, tokens.brand[500], all.tokens["swap"].b,
];
export const css = `a { x: var(--brand-500) ${swapB} }`;
export { values, name, shorthand, brand500 };
"""


def written(folder: Path, tokens: TokenSet, name: str, text: str) -> Path:
    """A folder with the exported tokens and one file that uses them."""
    folder.mkdir()
    for format_name in ("scss", "less", "ts"):
        (folder / f"tokens.{format_name}").write_bytes(export(format_name, tokens, HEADER).data)
    (folder / name).write_text(text)
    return folder / name


@pytest.fixture
def both(tmp_path: Path, request: pytest.FixtureRequest) -> tuple[Path, Path]:
    """The file with the old tokens, and rewritten with the new ones."""
    name, text = request.param
    rewritten = rewrite(name, text, NAMES)
    assert rewritten.renamed and not rewritten.left
    return written(tmp_path / "old", OLD, name, text), written(tmp_path / "new", NEW, name, rewritten.text)


@pytest.mark.parametrize("both", [("use.scss", SCSS)], indirect=True)
def test_sass_makes_the_same_of_it(tools: Tools, both: tuple[Path, Path]) -> None:
    old, new = tools.sass(*both)
    assert old == new and 'y: "3 $swap-a"' in new and "z: 4" in new


@pytest.mark.parametrize("both", [("use.less", LESS)], indirect=True)
def test_less_makes_the_same_of_it(tools: Tools, both: tuple[Path, Path]) -> None:
    old, new = map(tools.less, both)
    assert old == new and "y: 3 @swap-a" in new and "z: 4" in new


@pytest.mark.parametrize("both", [("use.ts", TYPESCRIPT)], indirect=True)
def test_typescript_takes_it_strictly(tools: Tools, both: tuple[Path, Path]) -> None:
    for file in both:
        (file.parent / "package.json").write_text('{"type": "module"}')
        tools.tsc(file)
    text = both[1].read_text()
    assert (
        '"accent.red2"; // "brand.red"' in text
        and "brand500: accentBase, swapB: swapA, nested: { brand500: 1 }" in text
    )
    assert "accentBase as brand500" in text and "var(--accent-base) ${swapA}" in text
