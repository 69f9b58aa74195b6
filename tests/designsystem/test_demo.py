"""The demonstration system is one that the product itself finds nothing to say about."""

from __future__ import annotations

import re

from designsystem.components.reading import read_component
from designsystem.demo import demo_files
from designsystem.exporters import Header, export
from designsystem.manifest import MANIFEST_PATH, parse_manifest
from designsystem.tokens.document import parse_document
from designsystem.tokens.set import TokenSet

FILES = demo_files()
MANIFEST, MANIFEST_PROBLEMS = parse_manifest(FILES[MANIFEST_PATH])
TOKENS = TokenSet.build([parse_document(path, data) for path, data in FILES.items() if MANIFEST.is_token_file(path)])


def test_it_has_tokens_of_all_thirteen_types() -> None:
    assert MANIFEST_PROBLEMS == []
    assert TOKENS.check() == []
    assert len(TOKENS.tokens) >= 150
    resolved = [TOKENS.resolve(path) for path in TOKENS.tokens]
    assert len({found.type for found in resolved if found}) == 13


def test_its_components_read_without_a_problem() -> None:
    directories = sorted({directory for path in FILES if (directory := MANIFEST.component_directory(path))})
    for directory in directories:
        names = [path.removeprefix(f"{directory}/") for path in FILES if path.startswith(f"{directory}/")]
        component, problems = read_component(directory, names, lambda name, at=directory: FILES[f"{at}/{name}"])
        assert problems == []
        assert component is not None
        assert component.id_in_file and component.code and component.documentation and component.category
    assert len(directories) == 6


def test_its_components_use_only_properties_that_its_tokens_export() -> None:
    css = export("css", TOKENS, Header("Acme UI")).content
    exported = set(re.findall(r"^  (--[\w-]+):", css, re.MULTILINE))
    for path, data in FILES.items():
        used = set(re.findall(r"var\((--[\w-]+)\)", data.decode())) if path.endswith(".tsx") else set()
        assert used <= exported, path


def test_callers_cannot_change_it() -> None:
    demo_files().clear()
    assert demo_files() == FILES
