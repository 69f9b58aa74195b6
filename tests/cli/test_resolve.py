"""Guards: what `xds resolve` prints for plain folders and for those with a resolver."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Xds
from tests.cli.folders import put

NUMBERS = '{"$type": "number", "a": {"$value": 1}, "b": {"$value": "{a}"}}'
RESOLVER = {
    "version": "2025.10",
    "sets": {"base": {"sources": [{"$ref": "base.json"}]}},
    "modifiers": {"theme": {"contexts": {"light": [], "dark": [{"a": {"$type": "number", "$value": 9}}]}}},
    "resolutionOrder": [{"$ref": "#/sets/base"}, {"$ref": "#/modifiers/theme"}],
}


def test_any_folder_of_token_files_is_resolved(xds: Xds) -> None:
    put(Path.cwd(), "some/where.json", NUMBERS)
    done = xds("resolve", ".", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {
        "valid": True,
        "tokens": {"a": {"type": "number", "value": 1}, "b": {"type": "number", "value": 1}},
        "problems": [],
    }
    assert xds("resolve").stdout == "a\tnumber\t1\nb\tnumber\t1\n"


def test_inputs_come_from_options_before_the_folder(xds: Xds) -> None:
    put(Path.cwd(), "base.json", NUMBERS)
    put(Path.cwd(), "x.resolver.json", json.dumps(RESOLVER))
    done = xds("resolve", "--json")
    assert (done.exit_code, json.loads(done.stdout)["valid"]) == (1, False)
    put(Path.cwd(), "inputs.json", '{"theme": "light"}')
    assert json.loads(xds("resolve", "--json").stdout)["tokens"]["b"]["value"] == 1
    assert json.loads(xds("resolve", "--json", "--input", "theme=dark").stdout)["tokens"]["b"]["value"] == 9
    done = xds("resolve", "--input", "theme=blue")
    assert done.exit_code == 1
    assert 'is no context of "theme"' in done.stderr


def test_the_letter_of_the_format_counts(xds: Xds) -> None:
    put(Path.cwd(), "a.tokens.json", '{"a": {"$type": "color", "$value": "#ff0000"}, "b": {"$value": 1}}')
    done = xds("resolve", "--json")
    answer = json.loads(done.stdout)
    assert (done.exit_code, answer["valid"]) == (1, False)
    assert [problem["code"] for problem in answer["problems"]] == ["XDS103", "XDS102"]


def test_a_file_outside_the_folder_is_never_read(xds: Xds, tmp_path: Path) -> None:
    put(tmp_path, "secret.json", NUMBERS)
    folder = tmp_path / "inside"
    folder.mkdir()
    (folder / "link.json").symlink_to(tmp_path / "secret.json")
    for ref in ("../secret.json", "link.json"):
        sources = {"sets": {"base": {"sources": [{"$ref": ref}]}}, "resolutionOrder": [{"$ref": "#/sets/base"}]}
        put(folder, "x.resolver.json", json.dumps({"version": "2025.10", **sources}))
        done = xds("resolve", folder, "--json")
        assert (done.exit_code, json.loads(done.stdout)["tokens"]) == (1, {})


def test_wrong_use_says_what_is_wanted(xds: Xds) -> None:
    put(Path.cwd(), "a.json", NUMBERS)
    for arguments, words in (
        (["--input", "dark"], "MODIFIER=CONTEXT"),
        (["--input", "theme=dark"], "no resolver"),
        (["--resolver", "x.resolver.json"], "no file x.resolver.json"),
    ):
        done = xds("resolve", *arguments)
        assert done.exit_code in (1, 2) and words in done.stderr
    put(Path.cwd(), "x.resolver.json", json.dumps(RESOLVER))
    put(Path.cwd(), "y.resolver.json", json.dumps(RESOLVER))
    assert "several resolvers" in xds("resolve").stderr
