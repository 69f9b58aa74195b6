"""Guards: `xds import-tokens` writes files that `xds resolve` takes, lists what is left out, and destroys nothing."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Xds
from tests.cli.folders import put

STUDIO = {
    "core": {"a": {"value": "4", "type": "spacing"}, "case": {"value": "uppercase", "type": "textCase"}},
    "light": {"b": {"value": "{a} * 2", "type": "spacing"}},
    "dark": {"b": {"value": "{a} * 3", "type": "spacing"}},
    "$themes": [
        {"name": "light", "selectedTokenSets": {"core": "enabled", "light": "enabled"}},
        {"name": "dark", "selectedTokenSets": {"core": "enabled", "dark": "enabled"}},
    ],
    "$metadata": {"tokenSetOrder": ["core", "light", "dark"]},
}


def test_what_is_written_resolves(xds: Xds) -> None:
    put(Path.cwd(), "tokens.json", json.dumps(STUDIO, indent=2))
    done = xds("import-tokens", "tokens.json", "--output", "out")
    assert done.exit_code == 0, done.stderr
    assert 'tokens.json:7:13 case: the format has no type for textCase ("uppercase")  [warning XDS352]' in done.stdout
    assert "2 tokens of Tokens Studio in 4 files below out; 1 left out, 2 written otherwise" in done.stderr
    answer = json.loads(xds("resolve", "out", "--input", "theme=dark", "--json").stdout)
    assert answer["valid"]
    assert answer["tokens"]["b"] == {"type": "dimension", "value": {"value": 12, "unit": "px"}}


def test_the_answer_in_json_lists_files_and_problems(xds: Xds) -> None:
    put(Path.cwd(), "tokens.json", json.dumps(STUDIO))
    answer = json.loads(xds("import-tokens", "tokens.json", "-o", "out", "--json").stdout)
    assert (answer["format"], answer["tokens"]) == ("tokens-studio", 2)
    assert answer["files"] == sorted(
        ["tokens.resolver.json", *(f"tokens/{name}.tokens.json" for name in ("core", "dark", "light"))]
    )
    (left_out,) = [problem for problem in answer["problems"] if problem["code"] == "XDS352"]
    assert (left_out["path"], left_out["pointer"]) == ("tokens.json", "/core/case")


def test_strict_ends_with_status_1_where_anything_is_left_out(xds: Xds) -> None:
    put(Path.cwd(), "tokens.json", json.dumps(STUDIO))
    assert xds("import-tokens", "tokens.json", "-o", "out", "--strict").exit_code == 1
    put(Path.cwd(), "clean/tokens.json", '{"a": {"value": "1px"}}')
    assert xds("import-tokens", "clean", "-o", "other", "--strict").exit_code == 0


def test_nothing_is_overwritten_unasked(xds: Xds) -> None:
    put(Path.cwd(), "tokens.json", json.dumps(STUDIO))
    put(Path.cwd(), "out/tokens/dark.tokens.json", "mine")
    done = xds("import-tokens", "tokens.json", "-o", "out")
    assert (done.exit_code, "--overwrite" in done.stderr) == (1, True)
    assert [path.name for path in Path("out").rglob("*.json")] == ["dark.tokens.json"]
    assert Path("out/tokens/dark.tokens.json").read_text() == "mine"
    assert xds("import-tokens", "tokens.json", "-o", "out", "--overwrite").exit_code == 0


def test_a_folder_is_read_without_what_is_no_token_file(xds: Xds) -> None:
    put(Path.cwd(), "src/package.json", '{"name": "x"}')
    put(Path.cwd(), "src/tokens/a.json", '{"a": {"value": "1px"}}')
    put(Path.cwd(), "src/tokens/b.yaml", "b: {value: 2px}")
    put(Path.cwd(), "secret.json", '{"s": {"value": "1px"}}')
    (Path.cwd() / "src/tokens/link.json").symlink_to(Path.cwd() / "secret.json")
    done = xds("import-tokens", "src", "-o", "out")
    assert done.exit_code == 0, done.stderr
    assert "tokens/b.yaml: only JSON is read" in done.stdout
    assert [str(path.relative_to("out")) for path in Path("out").rglob("*.json")] == ["tokens/a.tokens.json"]


def test_wrong_use_says_what_is_wanted(xds: Xds) -> None:
    put(Path.cwd(), "x.json", '{"name": 1}')
    put(Path.cwd(), "y.json", '{"case": {"value": "up", "type": "textCase"}}')
    put(Path.cwd(), "z.json", b"\xff\xfe")
    for arguments, words in (
        (["nowhere"], "no folder"),
        (["x.json"], "--from figma"),
        (["z.json"], "z.json:1:1: this file is not read: the file is UTF-16; save it as UTF-8"),
        (["x.json", "--from", "figma"], "Figma variables"),
        (["x.json", "--from", "sketch"], "none of figma"),
        (["y.json"], "no token that could be carried"),
    ):
        done = xds("import-tokens", *arguments, "-o", "out")
        assert done.exit_code in (1, 2) and words in " ".join(done.stderr.replace("│", " ").split()), arguments
    assert not Path("out").exists()
