"""Guards: `xds validate` and `xds export` on a folder whose manifest names a resolver."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Xds
from tests.cli.folders import put
from tests.services.themed import DARK, RESOLVER, manifest, numbers, resolver, themed_files


@pytest.fixture
def themed(tmp_path: Path) -> Path:
    for path, data in themed_files().items():
        put(tmp_path / "ui", path, data)
    return tmp_path / "ui"


def test_the_default_permutation_is_what_a_folder_holds(xds: Xds, themed: Path) -> None:
    done = xds("validate", themed)
    assert done.exit_code == 0 and "no problems: 3 tokens in 2 files" in done.stderr
    assert "--a-ink: 10;" in xds("export", themed).stdout


def test_a_theme_is_exported(xds: Xds, themed: Path) -> None:
    assert "--a-ink: 90;" in xds("export", themed, "--theme", "dark").stdout
    done = xds("export", themed, "--theme", "dark", "-i", "density=tight", "--format", "scss")
    assert "$a-ink: 90;" in done.stdout and "$a-gap: 2;" in done.stdout
    other = json.loads(resolver())
    other["modifiers"]["theme"]["default"] = "dark"
    put(themed, "other.resolver.json", json.dumps(other))
    assert "--a-ink: 90;" in xds("export", themed, "--resolver", "other.resolver.json").stdout


@pytest.mark.parametrize("command", ["validate", "export"])
@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--theme", "pink"], '"pink" is no context of "theme"'),
        (["--input", "brand=x"], 'no modifier "brand"'),
        (["--input", "brand"], "not MODIFIER=CONTEXT"),
        (["--theme", "dark", "--input", "Theme=light"], "more than once"),
        (["--resolver", "x.json"], "no file x.json"),
    ],
)
def test_what_does_not_exist_is_said(xds: Xds, themed: Path, command: str, options: list[str], told: str) -> None:
    done = xds(command, themed, *options)
    assert done.exit_code != 0 and told in " ".join((done.stdout + done.stderr).split())


def test_a_folder_without_a_resolver_takes_no_inputs(xds: Xds, demo: Path) -> None:
    done = xds("export", demo, "--theme", "dark")
    assert done.exit_code != 0 and "has no resolver" in " ".join(done.stderr.split())


def test_a_broken_permutation_is_told_where_it_stands(xds: Xds, themed: Path) -> None:
    put(themed, DARK, numbers(ink="{a.nothing}"))
    done = xds("validate", themed)
    assert done.exit_code == 1 and done.stdout.startswith(f"{DARK}:3:")
    assert xds("validate", themed, "--theme", "dark").stdout == done.stdout  # each problem once
    assert xds("export", themed).exit_code == 1


def test_a_broken_resolver_is_told(xds: Xds, themed: Path) -> None:
    put(themed, RESOLVER, b"{}")
    assert "[error XDS030]" in xds("validate", themed).stdout
    (themed / RESOLVER).unlink()
    assert "[error XDS033]" in xds("validate", themed).stdout
    put(themed, "designsystem.json", manifest())
    put(themed, "x.resolver.json", resolver(sets={"base": {"sources": [{"$ref": "gone.json"}]}}))
    assert "[error XDS031]" in xds("validate", themed).stdout
