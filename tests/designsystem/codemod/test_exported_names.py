"""Guards: codemod's names are those that the exporters write: a rewritten export is the export of the new names."""

from __future__ import annotations

from typing import Any

import pytest

from designsystem.codemod.names import names_of, renamings
from designsystem.codemod.rewriting import rewrite
from designsystem.compare.tokens import compare_tokens
from designsystem.exporters import Header, export
from designsystem.migration import migration
from designsystem.tokens.set import TokenSet
from designsystem.tokens.token import EXTENSION_KEY
from tests.designsystem.tokens.files import PX, RED, token_set

PAIRS = [
    ("color.brandPrimary.500", "color.accent.base"),
    ("swap.a", "swap.b"),
    ("swap.b", "swap.a"),
    ("space.1,5", "space.1½"),
    ("größe.XL", "size.extra large"),
    ("text.body", "text.copyText"),
    ("stays.here", "stays.here"),
]
TEXT = {
    "fontFamily": "Inter",
    "fontSize": PX,
    "fontWeight": 400,
    "letterSpacing": {**PX, "value": 0},
    "lineHeight": 1.5,
}


def token(index: int, path: str) -> dict[str, Any]:
    kinds: dict[str, tuple[str, Any]] = {"color": ("color", RED), "text": ("typography", TEXT)}
    kind, value = kinds.get(path.partition(".")[0], ("number", index))
    return {
        "$type": kind,
        "$value": value,
        "$extensions": {EXTENSION_KEY: {"id": f"{index:08x}-0000-4000-8000-000000000000"}},
    }


def tokens(paths: list[str]) -> TokenSet:
    """Each token in a file of its own, so that the order of exports is the same whatever they are called."""
    files: dict[str, Any] = {}
    for index, path in enumerate(paths):
        tree = token(index, PAIRS[index][0])
        for segment in reversed(path.split(".")):
            tree = {segment: tree}
        files[f"f{index}"] = tree
    return token_set(**files)


@pytest.mark.parametrize("prefix", ["", "acme"])
@pytest.mark.parametrize(("format_name", "mark"), [("css", "  --"), ("scss", "$"), ("less", "@"), ("json-flat", "  ")])
def test_a_rewritten_export_is_the_export_of_the_new_names(format_name: str, mark: str, prefix: str) -> None:
    old, new = tokens([pair[0] for pair in PAIRS]), tokens([pair[1] for pair in PAIRS])
    steps = migration(compare_tokens(old, new))
    assert {(step["old"], step["new"]) for step in steps["tokens"]} == {pair for pair in PAIRS if pair[0] != pair[1]}
    header = Header("Acme", None, None)
    was, wanted = (export(format_name, each, header, prefix=prefix) for each in (old, new))
    names = names_of(renamings(steps), prefix="" if format_name == "json-flat" else prefix)
    text = was.content.replace('"acme.', '"') if format_name == "json-flat" else was.content
    aim = wanted.content.replace('"acme.', '"') if format_name == "json-flat" else wanted.content
    found = rewrite(f"tokens.{'json' if format_name == 'json-flat' else format_name}", text, names).text

    def declared(content: str) -> list[str]:
        return [line for line in content.splitlines() if line.startswith(mark) and "tokens:" not in line]

    assert declared(found) == declared(aim)
    assert len(declared(found)) >= len(PAIRS)
