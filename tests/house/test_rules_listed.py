"""Guards: a rule is a file of its own, listed, named after its clause, and alone with its codes."""

from __future__ import annotations

import ast
import importlib
import re
from collections import defaultdict
from typing import Final

from designsystem import codes
from designsystem.tokens.rules.registry import RULES
from tests.house.source import ROOT, in_rooms

FOLDER: Final = "designsystem/tokens/rules/"
OF_FILES: Final = "designsystem/tokens/file_rules/"
BESIDE: Final = {"__init__", "registry", "scope", "verdict"}
READERS: Final = {
    "designsystem/jsontext/": "text",
    "designsystem/tokens/types/": "types",
    "designsystem/tokens/": "reader",
    "designsystem/resolver/": "resolver",
}
SHARED: Final = {
    codes.EXPANDS_TOO_FAR: {"endless_growth", "endless_extension"},  # aliases in a set, $extends while it is read
    codes.GROUP_TOKEN_CLASH: {"group_token_clash", "resolver"},  # between files, and between sources laid on another
    codes.BAD_REFERENCE: {"bad_reference", "types"},  # as a property of a group or token, and inside a value
    codes.NOT_A_GROUP: {"not_a_group", "resolver"},
}
"""Codes with two places, because what they tell of can happen in two."""


def places() -> dict[str, set[str]]:
    """Where each code of token files is reported: a rule's name, or which reader."""
    found: dict[str, set[str]] = defaultdict(set)
    names = {value: name for name, value in vars(codes).items() if isinstance(value, str) and value in codes.ALL_CODES}
    for source in in_rooms():
        place = next((each for prefix, each in READERS.items() if source.name.startswith(prefix)), None)
        if source.name.startswith((FOLDER, OF_FILES)):
            place = source.path.stem
        if place is None:
            continue
        used = {node.attr for node in ast.walk(source.tree) if isinstance(node, ast.Attribute)}
        for code, name in names.items():
            if name in used and code in codes.TOKEN_CODES:
                found[code].add(place)
    return found


def module_name(rule: object) -> str:
    return str(getattr(rule, "__name__", "")).rpartition(".")[2]


def test_every_rule_file_is_listed() -> None:
    files = {path.stem for path in (ROOT / FOLDER).glob("*.py")} - BESIDE
    assert {module_name(rule) for rule in RULES} == files
    assert len(RULES) == len(files)


def test_a_rule_has_one_sentence_with_its_clause_and_one_function() -> None:
    for source in in_rooms():
        if not source.name.startswith((FOLDER, OF_FILES)) or source.path.stem in BESIDE:
            continue
        told = ast.get_docstring(source.tree) or ""
        assert "\n" not in told and re.search(r"\(.*Format Module( |,.*)§\d.*\)\.$", told), source.name
        functions = [node.name for node in source.tree.body if isinstance(node, ast.FunctionDef)]
        public = [name for name in functions if not name.startswith("_")]
        assert public[0] == "check", source.name
        assert len(public) == 1 or source.name.startswith(OF_FILES), source.name


def test_the_codes_of_a_rule_are_those_that_it_reports_and_documented() -> None:
    where = places()
    documented = (ROOT / "docs" / "codes.md").read_text(encoding="utf-8")
    for rule in RULES:
        name = module_name(rule)
        assert {code for code, found in where.items() if name in found} == set(rule.CODES), name
        assert all(f"| {code} | {codes.TOKEN_CODES[code]} |" in documented for code in rule.CODES)


def test_the_codes_of_a_rule_of_files_are_those_that_it_reports_and_documented() -> None:
    where = places()
    documented = (ROOT / "docs" / "codes.md").read_text(encoding="utf-8")
    names = {path.stem for path in (ROOT / OF_FILES).glob("*.py")} - BESIDE
    for name in names:
        rule = importlib.import_module(f"designsystem.tokens.file_rules.{name}")
        assert {code for code, found in where.items() if name in found} == set(rule.CODES), name
        assert all(f"| {code} | {codes.TOKEN_CODES[code]} |" in documented for code in rule.CODES)
    assert not any("reader" in found for found in where.values())  # who reads asks the rules


def test_every_code_of_token_files_is_reported_in_one_place() -> None:
    where = places()
    assert set(where) == set(codes.TOKEN_CODES)
    assert {code: found for code, found in where.items() if len(found) != 1} == SHARED
