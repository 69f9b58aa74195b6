"""Guards: exports of a folder need no server, say what they were made from, and refuse what is broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from designsystem.exporters import FORMATS
from tests.cli.conftest import Xds
from tests.cli.folders import RED, git, put

# two tokens that would both be --a-b-c
ODD = '{"a": {"$type": "number", "b-c": {"$value": 1}, "b": {"c": {"$value": 2}}}}'


def test_an_unknown_format_is_refused_with_those_there_are(xds: Xds, demo: Path) -> None:
    done = xds("export", demo, "--format", "pdf")
    assert done.exit_code == 2
    assert all(name in done.stderr for name in FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_a_folder_is_exported_without_a_server(xds: Xds, demo: Path, name: str) -> None:
    done = xds("export", demo, "--format", name)
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    assert "Acme UI" in done.stdout


def test_the_header_names_the_commit_and_version(xds: Xds, checkout: Path) -> None:
    git(checkout, "tag", "--annotate", "--message", "x", "v1.2.0")
    head = git(checkout, "rev-parse", "HEAD")
    assert xds("export", checkout).stdout.startswith(f"/**\n * Acme UI 1.2.0\n * Commit {head}\n")
    put(checkout, "tokens/red.tokens.json", RED)
    changed = xds("export", checkout).stdout
    assert f" * Commit {head}-dirty\n" in changed
    assert "--color-red: #ff0000;" in changed


def test_the_same_folder_gives_the_same_bytes(xds: Xds, demo: Path) -> None:
    assert xds("export", demo).stdout_bytes == xds("export", demo).stdout_bytes


def test_names_begin_with_the_prefix(xds: Xds, demo: Path) -> None:
    assert "--acme-color-background-default:" in xds("export", demo, "--prefix", "acme").stdout
    wrong = xds("export", demo, "--prefix", "9")
    assert wrong.exit_code == 2
    assert "prefix '9'" in wrong.stderr


def test_a_file_takes_the_export(xds: Xds, demo: Path) -> None:
    done = xds("export", demo, "-f", "scss", "--output", "tokens.scss")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "xds: wrote tokens.scss\n")
    assert Path("tokens.scss").read_text(encoding="utf-8").startswith("// Acme UI\n")
    refused = xds("export", demo, "--output", "no/such/folder.css")
    assert refused.exit_code == 1
    assert refused.stderr == "xds: No such file or directory: no/such/folder.css\n"


def test_json_holds_the_content_or_says_where_it_lies(xds: Xds, demo: Path) -> None:
    document = json.loads(xds("export", demo, "-f", "js", "--json").stdout)
    assert document["system"] == "Acme UI"
    assert "export" in document["content"]
    document = json.loads(xds("export", demo, "-f", "js", "-o", "tokens.js", "--json").stdout)
    assert document["output"] == "tokens.js"
    assert "content" not in document


def test_a_broken_folder_is_refused_and_nothing_is_written(xds: Xds, demo: Path) -> None:
    put(demo, "tokens/a.tokens.json", '{"a": {"$type": "color", "$value": "{nowhere}"}}')
    done = xds("export", demo, "--output", "tokens.css")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith("tokens/a.tokens.json:1:36 a: alias {nowhere} does not exist")
    assert done.stderr.endswith(f"xds: {demo} has 1 error; nothing was exported\n")
    assert not Path("tokens.css").exists()


def test_what_a_format_cannot_say_is_a_warning(xds: Xds, demo: Path) -> None:
    put(demo, "tokens/odd.tokens.json", ODD)
    done = xds("export", demo)
    assert done.exit_code == 0
    assert "xds: warning: tokens/odd.tokens.json:1:" in done.stderr
    assert "XDS" not in done.stdout


def test_the_manifest_says_whether_what_is_left_out_is_told_or_refused(xds: Xds, demo: Path) -> None:
    put(demo, "tokens/odd.tokens.json", ODD)
    stated = json.loads((demo / "designsystem.json").read_text())
    put(demo, "designsystem.json", json.dumps(stated | {"severities": {"XDS303": "off"}}))
    done = xds("export", demo, "--json")
    assert (done.exit_code, done.stderr, json.loads(done.stdout)["problems"]) == (0, "", [])
    put(demo, "designsystem.json", json.dumps(stated | {"severities": {"XDS303": "error"}}))
    done = xds("export", demo, "--format", "css,scss", "--out", "made")
    assert done.exit_code == 1 and "has 2 errors; nothing was exported" in done.stderr
    assert not Path("made").exists()
    assert xds("export", demo, "--format", "json", "--json").exit_code == 0


def test_options_for_the_server_do_not_go_with_a_folder(xds: Xds, demo: Path) -> None:
    assert xds("export", demo, "--ref", "main").exit_code == 2
    assert xds("export", demo, "--system", "a/b").exit_code == 2
    assert xds("export", "--system", "no-slash").exit_code == 2


def test_outside_a_clone_the_system_must_be_named(xds: Xds) -> None:
    done = xds("export")
    assert done.exit_code == 1
    assert done.stderr == "xds: this folder is no clone of a design system; say which with --system TEAM/SYSTEM\n"


def put_themes(folder: Path) -> None:
    put(folder, "designsystem.json", '{"name": "Acme UI", "tokens": ["tokens/**/*.json"]}')
    put(folder, "tokens/base.json", '{"page": {"$type": "color", "$value": "#fff"}, "link": {"$value": "{page}"}}')
    put(folder, "themes/dark.json", '{"page": {"$type": "color", "$value": "#000"}}')
    put(
        folder,
        "acme.resolver.json",
        '{"version": "2025.10", "resolutionOrder": [{"$ref": "#/sets/base"}, {"$ref": "#/modifiers/theme"}],'
        ' "sets": {"base": {"sources": [{"$ref": "tokens/base.json"}]}}, "modifiers": {"theme": {"default": "light",'
        ' "contexts": {"light": [], "dark": [{"$ref": "themes/dark.json"}]}}}}',
    )


def test_one_theme_is_exported_by_its_input(xds: Xds, tmp_path: Path) -> None:
    put_themes(tmp_path)
    assert "--link: #fff;" in xds("export", tmp_path).stdout
    assert "--link: #000;" in xds("export", tmp_path, "--input", "theme=dark").stdout
    wrong = xds("export", tmp_path, "--input", "theme=blue")
    assert wrong.exit_code == 1
    assert '"blue" is no context of "theme"; it has "light", "dark"' in wrong.stderr


def test_all_themes_stand_side_by_side(xds: Xds, tmp_path: Path) -> None:
    put_themes(tmp_path)
    done = xds("export", tmp_path, "--themes", "--aliases")
    assert done.stdout.endswith(
        ":root {\n  --page: #fff;\n  --link: var(--page);\n}\n\n"
        '[data-theme="dark"] {\n  --page: #000;\n  --link: var(--page);\n}\n'
    )
    assert "@media (prefers-color-scheme: dark)" in xds("export", tmp_path, "--themes", "--media").stdout
    assert xds("export", tmp_path, "--themes", "--format", "swift").exit_code == 2
    assert xds("export", tmp_path, "--media").exit_code == 2
    assert xds("export", "--themes").exit_code == 2


def test_without_a_resolver_there_are_no_themes(xds: Xds, demo: Path) -> None:
    done = xds("export", demo, "--themes")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "has no resolver" in done.stderr
