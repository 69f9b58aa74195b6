"""Globs: gitignore's manner, anchored, linear, and able to say where a walk may stop."""

from __future__ import annotations

import time

import pytest

from designsystem.globs import Glob, GlobSet, fault_of, glob_set


@pytest.mark.parametrize(
    ("glob", "path", "matched"),
    [
        ("tokens/**/*.tokens.json", "tokens/color.tokens.json", True),
        ("tokens/**/*.tokens.json", "tokens/a/b/c/color.tokens.json", True),
        ("tokens/**/*.tokens.json", "other/tokens/color.tokens.json", False),
        ("*.tokens.json", "color.tokens.json", True),
        ("*.tokens.json", "deep/color.tokens.json", False),
        ("**/*.json", "a.json", True),
        ("**/*.json", "x/y/a.json", True),
        ("src/tokens", "src/tokens/a/b.json", True),
        ("src/tokens/", "src/tokens/a.json", True),
        ("src/tokens/**", "src/tokens/a.json", True),
        ("src/tokens/**", "src/tokens", False),
        ("src/?.json", "src/a.json", True),
        ("src/[ab].json", "src/c.json", False),
        ("src/[!ab].json", "src/c.json", True),
        ("src/[^ab].json", "src/a.json", False),
        ("src/*.json", "src/x/y.json", False),
        ("**/*.json", "node_modules/pkg/a.json", False),
        ("**/*.json", "packages/x/node_modules/pkg/a.json", False),
        ("**/*.json", ".git/a.json", False),
        ("a/**/b/**/c.json", "a/x/b/y/z/c.json", True),
        ("a/**/b/**/c.json", "a/c.json", False),
        ("src/(x)+.json", "src/(x)+.json", True),
    ],
)
def test_glob_matches(glob: str, path: str, matched: bool) -> None:
    assert GlobSet([glob]).matches(path) is matched


def test_the_last_matching_glob_decides() -> None:
    globs = GlobSet(["tokens/**", "!tokens/drafts", "tokens/drafts/kept.json"])
    assert globs.matches("tokens/a.json")
    assert not globs.matches("tokens/drafts/a.json")
    assert globs.matches("tokens/drafts/kept.json")


def test_no_globs_match_nothing() -> None:
    assert not GlobSet([]).matches("a.json")
    assert not GlobSet([]).may_hold("")


@pytest.mark.parametrize(
    ("directory", "entered"),
    [
        ("", True),
        ("packages", True),
        ("packages/react", True),
        ("packages/react/src", True),
        ("packages/vue", False),
        ("docs", False),
    ],
)
def test_a_walk_enters_only_what_may_hold_a_match(directory: str, entered: bool) -> None:
    assert GlobSet(["packages/react/src/*.json"]).may_hold(directory) is entered


def test_a_walk_does_not_go_deeper_than_a_narrow_glob() -> None:
    assert not GlobSet(["tokens/*.json"]).may_hold("tokens/deep/er")
    assert GlobSet(["tokens/**/*.json"]).may_hold("tokens/deep/er")
    assert not GlobSet(["**/*.json"]).may_hold("node_modules")


def test_prefixes_are_literal_and_not_nested() -> None:
    assert GlobSet(["src/tokens/**/*.json", "src/tokens/a/*.json", "lib/*/x.json", "!no/**"]).prefixes == (
        "lib",
        "src/tokens",
    )
    assert GlobSet(["tokens/*.json", "*.json"]).prefixes == ("",)


@pytest.mark.parametrize(
    "glob",
    [
        "",
        "!",
        "/",
        "/etc/*",
        "C:/x",
        "a/../b",
        "..",
        "./a/./b",
        "a//b",
        "a\\b",
        "a\nb",
        " a",
        "a**b/c",
        "x" * 300,
        "a/{b,c}",
    ],
)
def test_unusable_globs_are_refused_with_a_reason(glob: str) -> None:
    assert fault_of(glob)


@pytest.mark.parametrize(
    "glob", ["tokens/**/*.json", "!tokens/x", "*.tokens", "a b/*.json", "src/[ab]*.json", "größe/*"]
)
def test_sound_globs_pass(glob: str) -> None:
    assert fault_of(glob) is None


def test_matching_stays_fast_against_hostile_globs() -> None:
    globs = GlobSet(["**/" * 20 + "*a*a*a*a*a*a*a*a*b", "*a" * 60 + "b"])
    started = time.perf_counter()
    assert not globs.matches("/".join(["a" * 60] * 60))
    assert not globs.matches("a" * 4000)
    assert time.perf_counter() - started < 1


def test_equal_globs_share_their_compiled_form() -> None:
    assert glob_set(("a/*",)) is glob_set(("a/*",))


@pytest.mark.parametrize(
    ("glob", "name", "covered", "exact"),
    [
        ("a/*", "a/b", True, True),
        ("a/*", "a/b/c", True, False),
        ("a/**", "a/b/c", True, True),
        ("a", "a/b", True, False),
        ("**", "a/b", True, True),
        ("a/**/c", "a/c", True, True),
        ("a", "b", False, False),
    ],
)
def test_a_whole_name_is_told_from_one_below_a_match(glob: str, name: str, covered: bool, exact: bool) -> None:
    assert (Glob(glob).covers(name.split("/")), Glob(glob).is_exactly(name.split("/"))) == (covered, exact)


def test_names_with_other_separators_match_alike() -> None:
    assert Glob("a.*.c", ".").covers(["a", "b/b", "c", "d"])
    assert not Glob("a.*.c", ".").covers(["a/b/c"])
    assert fault_of("a..c", ".") and not fault_of("/a.b", ".")
