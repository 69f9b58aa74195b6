"""Guards: `xds lint` holds a folder to the rules that its manifest chooses, and to no others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Xds
from tests.cli.folders import put
from tests.services.themed import DARK, RESOLVER, manifest, themed_files


@pytest.fixture
def themed(tmp_path: Path) -> Path:
    for path, data in themed_files().items():
        put(tmp_path / "ui", path, data)
    return tmp_path / "ui"


def choose(folder: Path, **rules: object) -> None:
    put(folder, "designsystem.json", manifest(resolver=RESOLVER, lint=rules))


def test_nothing_is_held_unless_chosen(xds: Xds, themed: Path) -> None:
    done = xds("lint", themed)
    assert done.exit_code == 0 and done.stdout == "" and "no rules are chosen" in done.stderr


def test_warnings_end_with_0_and_errors_with_1(xds: Xds, themed: Path) -> None:
    choose(themed, descriptions={"tokens": ["a.ink"]})
    done = xds("lint", themed)
    assert done.exit_code == 0 and done.stdout.startswith("tokens/light.tokens.json:3:")
    assert done.stdout.rstrip().endswith("[warning XDS502]")
    choose(themed, descriptions={"tokens": ["a.ink"], "severity": "error"})
    done = xds("lint", themed, "--json")
    assert done.exit_code == 1 and json.loads(done.stdout)["problems"][0]["subject"] == "a.ink"
    assert xds("validate", themed).exit_code == 0


def test_a_theme_is_held_to_them_too(xds: Xds, themed: Path) -> None:
    choose(themed, descriptions={"tokens": ["a.ink"]})
    assert xds("lint", themed, "--theme", "dark").stdout.startswith(f"{DARK}:3:")
    assert xds("lint", themed, "--theme", "pink").exit_code == 1


def test_severities_count_before_the_severity_of_a_rule(xds: Xds, themed: Path) -> None:
    rules = {"descriptions": {"tokens": ["a.ink"], "severity": "error"}}
    for level, status, told in (("warning", 0, "[warning XDS502]"), ("off", 0, ""), ("error", 1, "[error XDS502]")):
        put(themed, "designsystem.json", manifest(resolver=RESOLVER, lint=rules, severities={"XDS502": level}))
        for theme in ([], ["--theme", "dark"]):
            done = xds("lint", themed, *theme)
            assert (done.exit_code, done.stdout.rstrip()[-len(told) :] if told else done.stdout) == (status, told)
    put(themed, "designsystem.json", manifest(resolver=RESOLVER, lint=rules, severities={"XDS599": "off"}))
    done = xds("lint", themed)
    assert done.exit_code == 1 and "there is no code 'XDS599'" in done.stdout


def test_a_rule_that_does_not_exist_is_told(xds: Xds, themed: Path) -> None:
    choose(themed, loudness=True)
    done = xds("lint", themed)
    assert done.exit_code == 1 and "there is no rule 'loudness'" in done.stdout
