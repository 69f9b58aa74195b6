"""Guards: what `xds validate` prints, in three formats, and the status that it ends with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.validate import annotation
from designsystem.problem import Problem
from tests.cli.conftest import Xds
from tests.cli.folders import put
from tests.services.themed import DARK, manifest, numbers, themed_files

BROKEN = '{\n  "color": {\n    "a": {"$type": "color", "$value": "{color.nowhere}"}\n  }\n}\n'
DRAFT = '{"color": {"a": {"$type": "color", "$value": "#ff0000"}}}\n'


def test_a_sound_folder_ends_with_0_and_says_what_it_holds(xds: Xds, demo: Path) -> None:
    done = xds("validate", demo)
    assert done.exit_code == 0
    assert done.stdout == ""
    assert "no problems: 176 tokens in 6 files, 6 components" in done.stderr


def test_the_working_directory_is_the_default(xds: Xds) -> None:
    put(Path.cwd(), "tokens/a.tokens.json", BROKEN)
    done = xds("validate")
    assert done.exit_code == 1
    assert done.stdout.startswith("tokens/a.tokens.json:3:39 color.a: alias {color.nowhere} does not exist")
    assert done.stdout.rstrip().endswith("[error XDS020]")
    assert done.stderr == "xds: 1 error, 0 warnings\n"


def test_warnings_alone_end_with_0_unless_strict(xds: Xds, demo: Path) -> None:
    put(demo, "tokens/draft.tokens.json", DRAFT)
    done = xds("validate", demo)
    assert done.exit_code == 0
    assert "[warning XDS103]" in done.stdout
    done = xds("validate", demo, "--strict")
    assert done.exit_code == 1
    assert "[error XDS103]" in done.stdout


@pytest.mark.parametrize("option", [[], ["--strict"]])
@pytest.mark.parametrize(("level", "told"), [("off", ""), ("warning", "[warning XDS103]"), ("error", "[error XDS103]")])
def test_the_manifest_has_the_last_word_on_a_code(xds: Xds, level: str, told: str, option: list[str]) -> None:
    put(Path.cwd(), "tokens/draft.tokens.json", DRAFT)
    put(Path.cwd(), "designsystem.json", json.dumps({"severities": {"XDS103": level}}))
    done = xds("validate", *option)
    assert done.exit_code == (1 if level == "error" else 0)
    assert told in done.stdout and bool(done.stdout) is bool(told)


def test_a_theme_is_judged_by_the_same_severities(xds: Xds, tmp_path: Path) -> None:
    for path, data in themed_files(severities={"XDS107": "off"}).items():
        put(tmp_path / "ui", path, data)
    put(tmp_path / "ui", DARK, numbers(ink=90).replace(b"90", b'"90"'))
    assert xds("validate", tmp_path / "ui", "--theme", "dark").stdout == ""
    put(tmp_path / "ui", "designsystem.json", manifest(severities={"XDS107": "error"}))
    assert xds("validate", tmp_path / "ui", "--theme", "dark").stdout.count("[error XDS107]") == 1
    refused = xds("export", tmp_path / "ui", "--theme", "dark")
    assert refused.exit_code == 1 and "nothing was exported" in refused.stderr


def test_severities_that_cannot_be_used_are_told(xds: Xds) -> None:
    put(Path.cwd(), "designsystem.json", '{"severities": {"XDS1O4": "off", "XDS020": "warning"}}')
    done = xds("validate")
    assert done.exit_code == 1
    assert "designsystem.json:1:27: there is no code 'XDS1O4'; did you mean 'XDS104'?  [error XDS205]" in done.stdout
    assert "designsystem.json:1:44: XDS020 (An alias points at no token) cannot be set" in done.stdout


@pytest.mark.parametrize("option", [["--json"], ["--format", "json"]])
def test_json_holds_every_problem(xds: Xds, demo: Path, option: list[str]) -> None:
    put(demo, "tokens/a.tokens.json", BROKEN)
    done = xds("validate", demo, *option)
    assert done.exit_code == 1
    assert done.stderr == ""
    document = json.loads(done.stdout)
    assert (document["valid"], document["errors"], document["warnings"]) == (False, 1, 0)
    assert document["problems"][0]["code"] == "XDS020"
    assert document["problems"][0]["line"] == 3


def test_github_annotations_name_files_from_the_working_directory(xds: Xds) -> None:
    put(Path.cwd(), "packages/ui/tokens/a.tokens.json", BROKEN)
    done = xds("validate", "packages/ui", "--format", "github")
    assert done.exit_code == 1
    assert done.stdout.startswith(
        "::error file=packages/ui/tokens/a.tokens.json,line=3,col=39,title=XDS020::color.a: alias {color.nowhere}"
    )


def test_github_annotations_name_files_from_the_workspace(xds: Xds, monkeypatch: pytest.MonkeyPatch) -> None:
    put(Path.cwd(), "packages/ui/tokens/a.tokens.json", BROKEN)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(Path.cwd()))
    monkeypatch.chdir("packages")
    assert "file=packages/ui/tokens/a.tokens.json," in xds("validate", "ui", "-f", "github").stdout


def test_github_annotations_are_escaped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    problem = Problem("XDS001", "100% wrong,\r\n::error::really", "a,b:c.json", severity="warning")
    assert annotation(problem, tmp_path) == (
        "::warning file=a%2Cb%3Ac.json,title=XDS001::100%25 wrong,%0D%0A::error::really"
    )


def test_names_cannot_command_a_terminal(xds: Xds, demo: Path) -> None:
    put(demo, "tokens/\x1b[31mred.tokens.json", "{")
    done = xds("validate", demo)
    assert "\x1b" not in done.output
    assert "�[31mred.tokens.json:1:2" in done.stdout


def test_a_folder_that_holds_no_system_is_said(xds: Xds) -> None:
    done = xds("validate")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == f"xds: no tokens and no components found in {Path.cwd()}\n"


def test_a_missing_folder_is_one_line(xds: Xds) -> None:
    done = xds("validate", "nowhere")
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", "xds: there is no folder nowhere\n")


def test_the_owners_file_is_checked_like_any_other(xds: Xds, demo: Path) -> None:
    put(demo, "OWNERS", "/docs/ @ada\ntoken:color.brand bea\n")
    done = xds("validate", demo)
    assert done.exit_code == 1
    assert done.stdout.startswith("OWNERS:2:19: bea is no owner; write @username") and "XDS223" in done.stdout
    put(demo, "OWNERS", "token:color.brand @bea\n")
    assert xds("validate", demo).exit_code == 0
    (demo / "OWNERS").unlink()
    (demo / "OWNERS").symlink_to("README.md")
    assert "no link" in xds("validate", demo).stdout
