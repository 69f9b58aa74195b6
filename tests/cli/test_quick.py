"""A plain export at once says and writes what the command does; whatever else is left to the command."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli.quick import export_quickly
from designsystem.exporters import FORMATS
from tests.cli.conftest import Xds
from tests.cli.folders import RED, commit, git, put


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A folder of token files."""
    folder = tmp_path / "plain"
    put(folder, "tokens/red.tokens.json", RED)
    put(
        folder,
        "tokens/deep/alias.tokens.json",
        '{"text": {"danger": {"$value": "{color.red}", "$description": "Stop"}}}',
    )
    put(folder, "b.tokens", '{"size": {"$type": "dimension", "$value": {"value": 4, "unit": "px"}}}')
    put(folder, "README.md", "# Tokens")
    return folder


def both(xds: Xds, capfdbinary: pytest.CaptureFixture[bytes], *arguments: str | Path) -> bytes:
    """What both ways write to stdout and stderr, which must be the same."""
    assert export_quickly([str(argument) for argument in arguments])
    out, err = capfdbinary.readouterr()
    done = xds("export", *arguments)
    assert (done.exit_code, done.stdout_bytes, done.stderr) == (0, out, err.decode())
    return out


def left(*arguments: str | Path) -> bool:
    return not export_quickly([str(argument) for argument in arguments])


@pytest.mark.parametrize("more", [[], ["--prefix", "acme"], ["-f", "scss"], ["--format=json", "--prefix=x"]])
def test_a_plain_folder(xds: Xds, plain: Path, capfdbinary: pytest.CaptureFixture[bytes], more: list[str]) -> None:
    assert b"danger" in both(xds, capfdbinary, plain, *more)


def test_several_formats_go_to_a_folder(xds: Xds, plain: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    both(xds, capfdbinary, plain, "--format", "css,scss,json", "--out", "made/here")
    written = {path.name: path.read_bytes() for path in Path("made/here").iterdir()}
    assert sorted(written) == ["tokens.css", "tokens.json", "tokens.scss"]
    assert export_quickly([str(plain), "--format", "css,scss,json", "--out", "quick"])
    assert {path.name: path.read_bytes() for path in Path("quick").iterdir()} == written
    capfdbinary.readouterr()
    both(xds, capfdbinary, plain, "--output", "one.css")
    assert Path("one.css").read_bytes() == written["tokens.css"]


def test_every_format_has_a_file_of_its_own(xds: Xds, plain: Path) -> None:
    assert left(plain, "--format", ",".join(FORMATS), "--out", "all")
    done = xds("export", plain, "--format", ",".join(FORMATS), "--out", "all", "--json")
    assert done.exit_code == 0, done.output
    assert len(list(Path("all").iterdir())) == len(FORMATS)


def test_several_formats_need_a_folder(xds: Xds, plain: Path) -> None:
    assert xds("export", plain, "--format", "css,scss").exit_code == 2
    assert xds("export", plain, "--format", "css", "--output", "a.css", "--out", "b").exit_code == 2
    assert left(plain, "--format", "css,scss")
    assert left(plain, "--output", "a.css", "--out", "b")
    assert os.listdir() == []  # noqa: PTH208


def test_the_header_names_commit_and_version(xds: Xds, plain: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    head = commit(plain)
    git(plain, "tag", "--annotate", "--message", "x", "v1.2.0")
    git(plain, "tag", "v9.0.0")
    assert both(xds, capfdbinary, plain).startswith(f"/**\n * plain 1.2.0\n * Commit {head}\n".encode())
    put(plain, ".gitignore", "*.tokens\nnode_modules\n")
    put(plain, "tokens/new.tokens.json", RED.replace(b"red", b"rot"))
    put(plain, "node_modules/x/tokens/a.tokens.json", "{")
    out = both(xds, capfdbinary, plain)
    assert f"{head}-dirty".encode() in out
    assert b"rot" in out
    put(plain, "ignored.tokens", "{")
    (plain / "b.tokens").unlink()
    assert b"--size" not in both(xds, capfdbinary, plain)


def test_a_usual_manifest(xds: Xds, plain: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    put(plain, "designsystem.json", '{"schemaVersion": 1, "name": " Acme UI ", "components": ["components/*"]}')
    assert b" * Acme UI\n" in both(xds, capfdbinary, plain)
    put(plain, "designsystem.json", '{"name": "Acme", "tokens": "tokens/*.json", "components": []}')
    put(plain, "components/A/component.json", "{")
    assert b"danger" not in both(xds, capfdbinary, plain)
    for odd in (
        '{"tokens": ["../x"]}',
        '{"strict": true}',
        '{"severities": {"XDS104": "error"}}',
        '{"severities": {"XDS020": "off"}}',
        '{"name": "a", "name": "b"}',
        "{",
        '{"schemaVersion": true}',
    ):
        put(plain, "designsystem.json", odd)
        assert left(plain), odd


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("OWNERS", "no rule at all here"),
        ("versioning.json", "{"),
        ("a.resolver.json", "{}"),
        ("components/A/component.json", "{"),
        ("components/A/component.json", '{"id": 1}'),
        (".gitignore", ""),
        ("x/.git/HEAD", ""),
    ],
)
def test_what_else_a_system_may_have_is_for_the_command(plain: Path, path: str, content: str) -> None:
    put(plain, path, content)
    assert left(plain)


def test_sound_components_owners_and_policies_are_judged_on_the_way(
    xds: Xds, demo: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert not (demo / "OWNERS").exists()
    put(demo, "OWNERS", "/tokens/ role:admin\n")
    put(demo, "versioning.json", "{}")
    both(xds, capfdbinary, demo)
    commit(demo)
    assert b"Commit" in both(xds, capfdbinary, demo, "--format", "scss")


def test_what_is_no_plain_file_is_for_the_command(plain: Path, tmp_path: Path) -> None:
    assert left(tmp_path / "nothing")
    assert left(plain / "README.md")
    (plain / "tokens/link.tokens.json").symlink_to("red.tokens.json")
    assert left(plain)


def test_faults_are_for_the_command(xds: Xds, plain: Path) -> None:
    put(plain, "tokens/wrong.tokens.json", '{"a": {"$value": "{nowhere}"}}')
    assert left(plain, "--output", "out.css")
    assert not Path("out.css").exists()
    assert "alias {nowhere} does not exist" in xds("export", plain).stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["--help"], ["--ref", "main"], ["--theme", "dark"], ["--json"], ["--aliases"], ["--format", "ts"],
        ["--format", "css,css"], ["--format"], ["--prefix", "9"], ["--output", "no/such/folder.css"], ["second"],
    ],
)  # fmt: skip
def test_other_options_are_for_the_command(plain: Path, arguments: list[str]) -> None:
    assert left(*([plain, *arguments] if arguments else []))


def test_a_subfolder_of_a_repository_is_for_the_command(plain: Path) -> None:
    commit(plain)
    assert left(plain / "tokens")
