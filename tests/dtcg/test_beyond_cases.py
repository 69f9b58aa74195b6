"""Guards: what the modules demand of a tool that keeps and changes files, which no folder alone can show."""

from __future__ import annotations

import json

from designsystem.tokens.document import TokenDocument, parse_document
from designsystem.tokens.edit import set_token
from designsystem.tokens.set import TokenSet

FOREIGN = {"org.example.tool-a": 42, "org.example.tool-b": {"turn-up-to-11": True, "$value": [None]}}
SOURCE = {
    "base": {"$type": "number", "$value": 1, "$extensions": FOREIGN},
    "alias": {"$value": "{base}", "$extensions": FOREIGN},
    "pointer": {"$ref": "#/alias/$value"},
    "size": {"$type": "dimension", "$value": {"value": {"$ref": "#/base/$value"}, "unit": "px"}},
}


def parsed(source: bytes) -> TokenDocument:
    return parse_document("a.tokens.json", source)


def test_saving_preserves_extensions_that_are_not_understood() -> None:
    """Format §5.2.3."""
    document = parsed(json.dumps(SOURCE, indent=2).encode())
    for change in ({"value": 2}, {"description": "One"}, {"type": "number", "value": 3}):
        saved = json.loads(set_token(document, "base", change))
        assert [saved[path]["$extensions"] for path in ("base", "alias")] == [FOREIGN, FOREIGN]


def test_references_are_preserved_in_memory_and_where_they_are_stored() -> None:
    """Format §7.2 and §7.5.1."""
    document = parsed(json.dumps(SOURCE, indent=2).encode())
    tokens = TokenSet.build([document])
    assert tokens.check() == []
    assert all(tokens.resolve(path) for path in tokens.tokens)
    assert tokens.tokens["alias"].value == "{base}"
    assert tokens.tokens["pointer"].value == {"$ref": "#/alias/$value"}
    assert tokens.tokens["size"].value == SOURCE["size"]["$value"]
    saved = json.loads(set_token(document, "base", {"value": 2}))
    assert {path: token for path, token in saved.items() if path != "base"} == {
        path: token for path, token in SOURCE.items() if path != "base"
    }


def test_a_change_reaches_every_alias() -> None:
    """Format §7.2 and §7.5.1."""
    document = parsed(json.dumps(SOURCE).encode())
    before = TokenSet.build([document])
    assert [found.value for path in before.tokens if (found := before.resolve(path))][:3] == [1, 1, 1]
    after = before.replace({document.path: parsed(set_token(document, "base", {"value": 2}))})
    values = [found.value for path in after.tokens if (found := after.resolve(path))]
    assert values == [2, 2, 2, {"value": 2, "unit": "px"}]
