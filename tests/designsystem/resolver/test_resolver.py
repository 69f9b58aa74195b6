"""Sets, modifiers and the one permutation that inputs ask for (Resolver Module 2025.10)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from designsystem import codes
from designsystem.problem import errors_of
from designsystem.resolver.document import ResolverDocument, is_resolver_file, parse_resolver
from designsystem.resolver.resolution import Resolution, choose, orthogonal, resolve

HOME = "theme.resolver.json"


def number(value: float) -> dict[str, Any]:
    return {"$type": "number", "$value": value}


def parsed(resolver: Any, **files: Any) -> ResolverDocument:
    """A resolver and the files beside it, named by their paths with ``__`` for a slash and ``_`` for a dot."""
    stored = {
        name.replace("__", "/").replace("_", "."): json.dumps(content).encode() for name, content in files.items()
    }
    text = resolver if isinstance(resolver, str) else json.dumps({"version": "2025.10", **resolver}, indent=2)
    return parse_resolver(HOME, text.encode(), stored.get)


def values(resolution: Resolution) -> dict[str, Any]:
    assert errors_of(resolution.problems) == []
    tokens = resolution.tokens
    return {path: found.value for path in tokens.tokens if (found := tokens.resolve(path))}


def told(document: ResolverDocument) -> list[str]:
    return [problem.code for problem in errors_of(document.problems)]


THEMES = {
    "sets": {"base": {"sources": [{"$ref": "base.json"}, {"space": {"s": number(1)}}]}},
    "modifiers": {
        "theme": {"contexts": {"light": [], "dark": [{"$ref": "themes/dark.json"}]}, "default": "light"},
        "size": {"contexts": {"small": [], "large": [{"space": {"s": number(2)}}]}},
    },
    "resolutionOrder": [{"$ref": "#/sets/base"}, {"$ref": "#/modifiers/theme"}, {"$ref": "#/modifiers/size"}],
}
FILES: dict[str, Any] = {
    "base_json": {"a": number(1), "b": {"$value": "{later}"}, "later": number(3)},
    "themes__dark_json": {"a": number(9), "later": number(30)},
}


@pytest.mark.parametrize(
    ("inputs", "wanted"),
    [
        ({"size": "small"}, {"a": 1, "b": 3, "later": 3, "space.s": 1}),
        ({"size": "large"}, {"a": 1, "b": 3, "later": 3, "space.s": 2}),
        ({"size": "small", "theme": "dark"}, {"a": 9, "b": 30, "later": 30, "space.s": 1}),
        ({"SIZE": "Small", "Theme": "DARK"}, {"a": 9, "b": 30, "later": 30, "space.s": 1}),
    ],
)
def test_the_last_occurrence_counts_and_aliases_are_resolved_at_the_end(
    inputs: dict[str, str], wanted: dict[str, Any]
) -> None:
    document = parsed(THEMES, **FILES)
    assert document.problems == ()
    assert values(resolve(document, inputs)) == wanted


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({}, ['"size" has no default']),
        ({"size": "huge"}, ['"huge" is no context of "size"; it has "small", "large"']),
        ({"size": "small", "brand": "x"}, ['no modifier "brand"']),
        ({"size": "small", "Size": "large"}, ['name "size" twice']),
        ({"size": True}, ['"size" is a text']),
        ({"size": 1, "theme": "blue", "foo": "bar"}, ['"size" is a text', '"blue" is no context', '"foo"']),
    ],
)
def test_every_fault_of_the_inputs_is_told(inputs: dict[str, Any], words: list[str]) -> None:
    resolution = resolve(parsed(THEMES, **FILES), inputs)
    assert [problem.code for problem in resolution.problems] == [codes.RESOLVER_INPUT] * len(words)
    assert all(word in problem.message for word, problem in zip(words, resolution.problems, strict=True))
    assert resolution.tokens.tokens == {}


def test_inline_sets_and_modifiers_apply_in_their_place() -> None:
    document = parsed(
        {
            "resolutionOrder": [
                {"type": "modifier", "name": "m", "contexts": {"x": [{"a": number(1)}], "y": []}, "default": "x"},
                {"type": "set", "name": "s", "sources": [{"a": number(2)}, {"b": number(3)}]},
            ]
        }
    )
    assert document.problems == ()
    assert values(resolve(document, {})) == {"a": 2, "b": 3}


def test_merged_sources_behave_as_one_file() -> None:
    document = parsed(
        {
            "sets": {"s": {"sources": [{"g": {"$type": "number", "a": {"$value": 1}}}, {"g": {"b": {"$value": 2}}}]}},
            "resolutionOrder": [{"$ref": "#/sets/s"}],
        }
    )
    resolution = resolve(document, {})
    assert values(resolution) == {"g.a": 1, "g.b": 2}
    found = resolution.tokens.resolve("g.b")
    assert found is not None and found.type == "number"


def test_references_reach_into_files_and_what_stands_beside_them_overrides_shallowly() -> None:
    document = parsed(
        {
            "sets": {"s": {"sources": [{"$ref": "all.json#/light", "g": {"only": number(5)}}]}},
            "modifiers": {"m": {"contexts": {"x": [{"$ref": "#/sets/s"}], "y": [{"$ref": "#/$defs/d"}]}}},
            "resolutionOrder": [{"$ref": "#/modifiers/m", "default": "x"}],
            "$defs": {"d": {"z": number(7)}},
        },
        all_json={"light": {"a": number(1), "g": {"gone": number(2)}}, "dark": {}},
    )
    assert document.problems == ()
    assert values(resolve(document, {})) == {"a": 1, "g.only": 5}
    assert values(resolve(document, {"m": "y"})) == {"z": 7}


@pytest.mark.parametrize(
    "ref",
    ["/etc/passwd", "../x.json", "a/../../x.json", "https://example.org/a.json", "//example.org/a", "file:///a",
     "..%2fx.json", "a\\b.json", "missing.json", "", 5, "#/nothing", "#/sets/s/sources/0", "#/modifiers/m",
     "#/resolutionOrder/0", "broken.json"],
)  # fmt: skip
def test_sources_lie_within_the_design_system_and_are_there(ref: Any) -> None:
    stored = {"broken.json": b"{,"}
    resolver = {
        "version": "2025.10",
        "sets": {"s": {"sources": [{"$ref": ref}]}},
        "modifiers": {"m": {"contexts": {"x": [], "y": []}, "default": "x"}},
        "resolutionOrder": [{"$ref": "#/sets/s"}, {"$ref": "#/modifiers/m"}],
    }
    asked: list[str] = []

    def read(path: str) -> bytes | None:
        asked.append(path)
        return stored.get(path)

    document = parse_resolver(HOME, json.dumps(resolver).encode(), read)
    assert codes.RESOLVER_REFERENCE in told(document)
    assert all(not path.startswith(("/", "..")) for path in asked)
    assert resolve(document, {}).tokens.tokens == {}


@pytest.mark.parametrize(
    "resolver",
    [
        {"sets": {"a": {"$ref": "#/sets/b"}, "b": {"$ref": "#/sets/a"}}, "resolutionOrder": [{"$ref": "#/sets/a"}]},
        {"sets": {"a": {"sources": [{"$ref": "#/sets/a"}]}}, "resolutionOrder": [{"$ref": "#/sets/a"}]},
        {
            "sets": {"a": {"sources": [{"$ref": "#/sets/b"}]}, "b": {"sources": [{"$ref": "#/sets/a"}]}},
            "resolutionOrder": [{"$ref": "#/sets/a"}],
        },
        {"sets": {"a": {"sources": [{"$ref": "#/sets"}]}}, "resolutionOrder": [{"$ref": "#/sets/a"}]},
        {"sets": {"a": {"$ref": "#/sets/a/x"}}, "resolutionOrder": []},
        {"$defs": {"d": {"$ref": "#/$defs/d/x"}}, "sets": {"a": {"$ref": "#/$defs/d/y"}}, "resolutionOrder": []},
        {"sets": {f"s{n}": {"$ref": f"#/sets/s{n + 1}"} for n in range(2000)}, "resolutionOrder": []},
        {
            "sets": {f"s{n}": {"sources": [{"$ref": f"#/sets/s{n + 1}"}]} for n in range(500)}
            | {"s500": {"sources": []}},
            "resolutionOrder": [{"$ref": "#/sets/s0"}],
        },
    ],
)
def test_circles_and_endless_chains_are_errors(resolver: dict[str, Any]) -> None:
    assert codes.RESOLVER_REFERENCE in told(parsed(resolver))


@pytest.mark.parametrize(
    ("resolver", "words"),
    [
        ('{"resolutionOrder": []}', '"version": "2025.10"'),
        ({"version": "2024", "resolutionOrder": []}, '"version": "2025.10"'),
        ({}, "states its resolutionOrder"),
        ({"resolutionOrder": {}}, "states its resolutionOrder"),
        ({"resolutionOrder": [], "sets": []}, "sets is an object"),
        ({"resolutionOrder": [], "sets": {"a": {}}}, 'a set has "sources"'),
        ({"resolutionOrder": [], "sets": {"a": {"sources": {}}}}, "token sources are a list"),
        ({"resolutionOrder": [], "modifiers": {"m": {"contexts": {}}}}, "needs contexts"),
        (
            {"resolutionOrder": [], "modifiers": {"m": {"contexts": {"a": [], "b": []}, "default": "c"}}},
            'contexts: "a", "b"',
        ),
        (
            {"resolutionOrder": [], "modifiers": {"m": {"contexts": {"a": [], "b": []}, "default": []}}},
            'contexts: "a", "b"',
        ),
        ({"resolutionOrder": [{"name": "x", "sources": []}]}, '"type"'),
        ({"resolutionOrder": [{"type": "set", "sources": []}]}, '"name"'),
        ({"resolutionOrder": [{"type": "set", "name": "x", "sources": []}] * 2}, "twice"),
        ({"resolutionOrder": [{"$ref": "a.json"}]}, "refers to"),
        ({"resolutionOrder": ["a.json"]}, "an object belongs here"),
        ({"resolutionOrder": [], "name": 1}, "name is a text"),
        ("[]", "a resolver is an object"),
        ("{,", ""),
    ],
)
def test_what_is_wrong_with_a_resolver_is_told_with_its_place(resolver: Any, words: str) -> None:
    found = errors_of(parsed(resolver).problems)
    assert len(found) == 1, found
    assert words in found[0].message
    assert (found[0].path, found[0].line > 0) == (HOME, True)


def test_a_token_in_one_source_and_a_group_in_another_is_an_error() -> None:
    document = parsed(
        {
            "sets": {"s": {"sources": [{"text": {"error": number(1)}}, {"text": {"error": {"font": number(2)}}}]}},
            "resolutionOrder": [{"$ref": "#/sets/s"}],
        }
    )
    (problem,) = resolve(document, {}).problems
    assert (problem.code, problem.subject, problem.path) == (codes.GROUP_TOKEN_CLASH, "text.error", HOME)


@pytest.mark.parametrize("key", ["g", "$root"])
def test_what_is_neither_token_nor_group_is_an_error_also_where_another_source_has_one(key: str) -> None:
    sources = [{"t": {key: "x"}}, {"t": {key: {"a": number(1)}}}, {"t": {key: 5}}]
    document = parsed({"sets": {"s": {"sources": sources}}, "resolutionOrder": [{"$ref": "#/sets/s"}]})
    problems = resolve(document, {}).problems
    assert [problem.code for problem in problems][:2] == [codes.NOT_A_GROUP] * 2
    assert problems[0].line > 0


def test_problems_of_tokens_point_into_the_file_that_counts() -> None:
    document = parsed(
        {"sets": {"s": {"sources": [{"$ref": "a.json"}]}}, "resolutionOrder": [{"$ref": "#/sets/s"}]},
        a_json={"ok": number(1), "x": {"$value": "{nothing}"}},
    )
    (problem,) = resolve(document, {}).problems
    assert (problem.code, problem.subject, problem.path, problem.line) == (codes.UNKNOWN_ALIAS, "x", "a.json", 1)


def test_one_permutation_of_millions_is_found_without_the_others() -> None:
    modifiers = {
        f"m{n}": {"contexts": {c: [{f"t{n}": number(ord(c))}] for c in "abcdefgh"}, "default": "a"} for n in range(20)
    }
    document = parsed({"modifiers": modifiers, "resolutionOrder": [{"$ref": f"#/modifiers/m{n}"} for n in range(20)]})
    assert document.permutations == 8**20
    assert values(resolve(document, {"m3": "h"}))["t3"] == ord("h")
    assert orthogonal(document)


def test_modifiers_that_state_the_same_token_are_not_orthogonal() -> None:
    document = parsed(
        {
            "resolutionOrder": [
                {"type": "modifier", "name": name, "contexts": {"x": [{"a": number(1)}], "y": []}, "default": "x"}
                for name in ("one", "two")
            ]
        }
    )
    assert not orthogonal(document)
    assert choose(document, {}) == ({"one": "x", "two": "x"}, [])


def test_a_single_context_is_an_error() -> None:
    document = parsed({"resolutionOrder": [{"type": "modifier", "name": "m", "contexts": {"x": []}, "default": "x"}]})
    (problem,) = errors_of(document.problems)
    assert "make it a set" in problem.message


def test_what_is_referred_to_may_stand_in_the_order_again() -> None:
    order = [{"$ref": "#/sets/s"}, {"$ref": "#/modifiers/s"}, {"$ref": "#/sets/s"}, {"$ref": "#/modifiers/s"}]
    contexts = {"x": [{"a": number(2)}], "y": []}
    content = {"sets": {"s": {"sources": [{"a": number(1)}]}}, "modifiers": {"s": {"contexts": contexts}}}
    document = parsed({**content, "resolutionOrder": order})
    assert document.problems == ()
    assert values(resolve(document, {"s": "x"})) == {"a": 2}
    assert values(resolve(document, {"s": "y"})) == {"a": 1}


def test_a_modifier_that_comes_again_has_the_same_contexts() -> None:
    contexts = {"x": [], "y": []}
    again = {"$ref": "#/modifiers/m", "contexts": {"z": [], "y": []}}
    document = parsed(
        {"modifiers": {"m": {"contexts": contexts}}, "resolutionOrder": [{"$ref": "#/modifiers/m"}, again]}
    )
    assert told(document) == [codes.RESOLVER_SHAPE]
    inline = {"type": "set", "name": "m", "sources": []}
    document = parsed(
        {"modifiers": {"m": {"contexts": contexts}}, "resolutionOrder": [inline, {"$ref": "#/modifiers/m"}]}
    )
    assert told(document) == [codes.RESOLVER_SHAPE]


def test_a_modifier_outside_the_order_takes_an_input_and_changes_nothing() -> None:
    resolver = {
        "sets": {"s": {"sources": [{"a": number(1)}]}},
        "modifiers": {"m": {"contexts": {"x": [{"a": number(2)}], "y": []}}},
        "resolutionOrder": [{"$ref": "#/sets/s"}],
    }
    document = parsed(resolver)
    assert (document.modifiers, list(document.takes), document.permutations) == ({}, ["m"], 1)
    assert choose(document, {})[1] != []
    assert values(resolve(document, {"m": "x"})) == {"a": 1}


def test_inputs_of_a_resolver_without_modifiers_are_not_looked_at() -> None:
    document = parsed({"resolutionOrder": [{"type": "set", "name": "s", "sources": [{"a": number(1)}]}]})
    assert values(resolve(document, {"theme": 5})) == {"a": 1}


@pytest.mark.parametrize(
    "resolver",
    [
        {"sets": {"a": {"sources": [], "$extensions": []}}, "resolutionOrder": []},
        {"modifiers": {"a": {"contexts": {"x": [], "y": []}, "$extensions": 1}}, "resolutionOrder": []},
        {"resolutionOrder": [{"type": "set", "name": "s", "sources": [], "$extensions": "x"}]},
        {"sets": {"a": {"sources": []}}, "resolutionOrder": [{"$ref": "#/sets/a", "$extensions": None}]},
    ],
)
def test_extensions_are_an_object_wherever_they_stand(resolver: dict[str, Any]) -> None:
    (problem,) = errors_of(parsed(resolver).problems)
    assert "$extensions is an object" in problem.message


@pytest.mark.parametrize("ref", ["#/modifiers/m", "#/resolutionOrder/0", "theme.resolver.json#/modifiers/m"])
def test_only_the_order_refers_to_modifiers_and_nothing_to_the_order(ref: str) -> None:
    modifiers = {"m": {"contexts": {"x": [], "y": []}}, "n": {"$ref": ref}}
    document = parsed({"modifiers": modifiers, "resolutionOrder": [{"$ref": "#/modifiers/m"}]})
    assert codes.RESOLVER_REFERENCE in told(document)


@pytest.mark.parametrize(
    ("path", "answer"),
    [("a.resolver.json", True), ("x/resolver.json", True), ("resolver.tokens.json", False), ("a.json", False)],
)
def test_resolvers_are_known_by_name(path: str, answer: bool) -> None:
    assert is_resolver_file(path) is answer
