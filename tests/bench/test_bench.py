"""The bench is kept alive by a tiny run: its structure is checked, never its speed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import nginx
from bench.plan import Count
from bench.rounds import Samples, interleave, ratio
from tests.house.source import ROOT

TITLES = {
    "edit": ["token edit"],
    "git": ["clone", "no-op fetch", "push of one commit", "push of one commit, same fsync"],
    "scale": ["token edit at 6", "token edit at 12", "component edit at 6", "component edit at 12"],
    "list": ["list of 100 tokens, 200", "list of 100 tokens, 304"],
    "sign-in": ["public read with an access token", "public read with an API key"],
    "login": ["login"],
    "limits": ["public read, signed in", "public read, anonymous"],
    "history": [
        "commits, first page",
        "commits, after a cursor",
        "commits of a path, first page",
        "commits of a path, after a cursor",
        "versions, first page",
        "versions, after a cursor",
        "one version",
        "branches, first page (near)",
        "branches, first page (far)",
        "compare (near)",
        "blame of a token",
        "branches after a commit (near)",
        "branches after a commit (far)",
    ],
    "export": [
        "60 tokens to css,scss,json (Style Dictionary)",
        "60 tokens to css (Terrazzo)",
        "120 tokens to css,scss,json (Style Dictionary)",
        "120 tokens to css (Terrazzo)",
    ],
    "validation": ["validation after an edit, 50 files", "validation after an edit, one file"],
}


@pytest.mark.timeout(420)
def test_a_quick_run_measures_everything_and_writes_the_page(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    command = [sys.executable, "-m", "bench", "--quick", "--json", "--output", str(page)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {result["name"]: [row["what"] for row in result["rows"]] for result in told["results"]} == TITLES
    for result in told["results"]:
        for row in result["rows"]:
            assert row["ours"]["median"] > 0
            if result["name"] == "git" and nginx.missing():
                assert row["peer"] is None
                assert "apt-get install" in result["notes"][0]
            elif result["name"] == "export":
                assert row["peer"] is None  # a quick run fetches none
            else:
                assert row["ratio"]["low"] <= row["ratio"]["median"] <= row["ratio"]["high"]
    text = page.read_text(encoding="utf-8")
    assert told["machine"].keys() >= {"processor", "memory", "disk", "PostgreSQL", "git", "Python"}
    assert all(f"| {what} |" in text for titles in TITLES.values() for what in titles)


def test_contestants_take_turns_and_each_round_begins_with_another_one() -> None:
    order: list[str] = []

    def contestant(name: str) -> float:
        order.append(name)
        return float(len(order))

    taken = interleave(
        {"a": lambda: contestant("a"), "b": lambda: contestant("b")}, Count(rounds=2, calls=2, warm_up=1)
    )
    assert "".join(order) == "ab" + "aabb" + "bbaa"
    assert taken["a"].rounds == ((3.0, 4.0), (9.0, 10.0))


def test_a_ratio_compares_the_two_halves_of_each_round() -> None:
    ours = Samples(((2.0,), (40.0,), (3.0,)))
    peer = Samples(((1.0,), (20.0,), (1.0,)))
    found = ratio(ours, peer)
    assert [found.median, found.low, found.high] == pytest.approx([2, 2, 3])
