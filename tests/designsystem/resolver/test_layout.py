from __future__ import annotations

import json
from typing import Any

import pytest

from designsystem import codes
from designsystem.manifest import Manifest
from designsystem.resolver.judging import judge_resolver, unsaid
from designsystem.resolver.layout import is_resolver_of, layout_of
from tests.services.themed import BASE, DARK, LIGHT, RESOLVER, numbers, resolver

FILES = {BASE: numbers(ink=0), LIGHT: numbers(ink=1), DARK: numbers(ink=2), RESOLVER: resolver()}


def modifiers(**theme: Any) -> bytes:
    stated = {"contexts": {"light": [{"$ref": LIGHT}], "dark": [{"$ref": DARK}]}, **theme}
    order = [{"$ref": "#/sets/base"}, {"$ref": "#/modifiers/theme"}]
    return resolver(modifiers={"theme": stated}, resolutionOrder=order)


def test_the_order_is_that_of_the_default_permutation() -> None:
    found = layout_of(RESOLVER, resolver())
    assert found.order == (BASE, LIGHT)
    assert found.contexts[("theme", "dark")] == {DARK}
    assert found.named == {BASE, LIGHT, DARK}
    assert layout_of(RESOLVER, modifiers(default="dark")).order == (BASE, DARK)


def test_a_file_that_is_stated_twice_counts_at_its_later_place() -> None:
    sources = [{"$ref": LIGHT}, {"$ref": BASE}, {"$ref": LIGHT}]
    assert layout_of(RESOLVER, resolver(sets={"base": {"sources": sources}})).order == (BASE, LIGHT)


@pytest.mark.parametrize("source", [b"", b"[]", b"{}", b"\xff", modifiers(), resolver(resolutionOrder=[])])
def test_a_resolver_without_a_default_permutation_lays_nothing(source: bytes) -> None:
    assert layout_of(RESOLVER, source).order is None


def test_names_and_places_tell_resolvers() -> None:
    plain, named = Manifest(), Manifest(resolver="themes/main.json")
    assert is_resolver_of(plain, "x.resolver.json") and is_resolver_of(plain, "tokens/a/resolver.json")
    assert not is_resolver_of(plain, "docs/x.resolver.json") and not is_resolver_of(plain, "themes/main.json")
    assert is_resolver_of(named, "themes/main.json") and not named.is_token_file("themes/main.json")


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (modifiers(), codes.RESOLVER_DEFAULT),
        (resolver(sets={"base": {"sources": [{"$ref": f"{BASE}#/a"}]}}), codes.RESOLVER_DEFAULT),
        (resolver(sets={"base": {"sources": [{"$ref": BASE, "b": {}}]}}), codes.RESOLVER_DEFAULT),
        (resolver(sets={"base": {"sources": [{"$ref": "gone.tokens.json"}]}}), codes.RESOLVER_REFERENCE),
    ],
)
def test_the_named_resolver_has_whole_files_and_defaults(source: bytes, code: str) -> None:
    files = {**FILES, RESOLVER: source}
    problems = judge_resolver(RESOLVER, files.get, Manifest(resolver=RESOLVER))
    assert {problem.code for problem in problems} == {code}
    # any other resolver may do that
    others = judge_resolver(RESOLVER, files.get, Manifest())
    assert (others == []) is (code == codes.RESOLVER_DEFAULT)


def test_contexts_are_judged_where_their_files_have_changed() -> None:
    files = {**FILES, DARK: json.dumps({"a": {"ink": {"$value": "{a.nothing}"}}}).encode()}
    manifest = Manifest(resolver=RESOLVER)
    assert [p.code for p in judge_resolver(RESOLVER, files.get, manifest, {DARK})] == [codes.UNKNOWN_ALIAS]
    assert judge_resolver(RESOLVER, files.get, manifest, {LIGHT}) == []
    found = judge_resolver(RESOLVER, files.get, manifest)
    assert len(found) == 1 and unsaid(found, found) == []
