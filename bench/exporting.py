"""Measures `xds export` as a whole process against Style Dictionary and Terrazzo on the same tokens."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.bench import Bench
from bench.processes import Process, fetched
from bench.result import Result, Row
from bench.rounds import Samples, interleave

METHOD = """Whole processes, start included, in processor time (user and system): `xds export FOLDER --format
css,scss,json --out DIR` on one file of {sizes} tokens (30 % aliases; colours, dimensions, numbers, durations, fonts,
curves, shadows), and a script of the peer's that does the same with its own transform groups. Terrazzo writes css
only, and so do we beside it."""
ALIASES = 0.3
KINDS = {
    "color": 50, "dimension": 20, "number": 8, "duration": 5, "fontFamily": 4, "fontWeight": 4, "cubicBezier": 4,
    "shadow": 5,
}  # fmt: skip


def measure(bench: Bench) -> Result:
    """Both sizes against both peers."""
    home = fetched(bench.folder) if bench.plan.peers else None
    processes = {
        (size, peer, formats): process
        for size in bench.plan.exported
        for (peer, formats), process in _contestants(bench.folder, home, size).items()
    }
    named = {f"{size} {peer} {formats}": process for (size, peer, formats), process in processes.items()}
    taken = interleave({name: process.run for name, process in named.items()}, bench.plan.export)
    rows = []
    notes = [] if home else ["The peers were not fetched."]
    for size in bench.plan.exported:
        for peer, formats in (("Style Dictionary", "css,scss,json"), ("Terrazzo", "css")):
            row = Row(f"{size:,} tokens to {formats} ({peer})", *_pair(taken, size, peer, formats))
            rows.append(row)
            if row.ratio is not None:
                ours, theirs = named[f"{size} xds {formats}"].memory, named[f"{size} {peer} {formats}"].memory
                notes.append(
                    f"{row.what}: {1 / row.ratio.median:.1f} times as fast; memory {ours / 2**20:.0f} MiB, the peer: "
                    f"{theirs / 2**20:.0f} MiB, {theirs / ours:.1f} times as much."
                )
    sizes = " and ".join(f"{size:,}" for size in bench.plan.exported)
    return Result(
        name="export",
        title="Export of a folder",
        ours="xds export",
        peer="the other tool",
        method=METHOD.replace("{sizes}", sizes),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def _pair(taken: dict[str, Samples], size: int, peer: str, formats: str) -> tuple[Samples, Samples | None]:
    return taken[f"{size} xds {formats}"], taken.get(f"{size} {peer} {formats}")


def _contestants(folder: Path, home: Path | None, size: int) -> dict[tuple[str, str], Process]:
    system, out = folder / f"tokens-{size}", str(folder / f"exported-{size}")
    source = system / "tokens" / "all.tokens.json"
    source.parent.mkdir(parents=True)
    source.write_text(json.dumps(tokens(size), indent=2), encoding="utf-8")
    xds = [sys.executable, "-m", "cli.start", "export", str(system), "--out", out, "--format"]
    found = {("xds", formats): Process([*xds, formats]) for formats in ("css,scss,json", "css")}
    if home is not None:
        node = ["node", str(home / "style-dictionary.mjs"), str(source), f"{out}-sd"]
        found["Style Dictionary", "css,scss,json"] = Process(node)
        found["Terrazzo", "css"] = Process(["node", str(home / "terrazzo.mjs"), str(source), f"{out}-tz"])
    return found


def tokens(size: int) -> dict[str, Any]:
    """A document of so many tokens, always the same."""
    chance = random.Random(size)
    tree: dict[str, Any] = {}
    made: list[tuple[str, str]] = []
    for number in range(size):
        if made and chance.random() < ALIASES:
            kind, target = chance.choice(made)
            path, token = ("alias", kind), {"$type": kind, "$value": f"{{{target}}}"}
        else:
            kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
            path = (kind, f"group{number % 50}")
            token = {"$type": kind, "$value": _value(kind, chance), "$description": f"Token {number}"}
        branch = tree
        for name in path:
            branch = branch.setdefault(name, {})
        branch[f"name{number}"] = token
        made.append((kind, ".".join((*path, f"name{number}"))))
    return tree


def _value(kind: str, chance: random.Random) -> Any:
    def length(most: int) -> dict[str, Any]:
        return {"value": chance.randint(0, most), "unit": "px"}

    def shares(count: int, digits: int) -> list[float]:
        return [round(chance.random(), digits) for _ in range(count)]

    shade = {"colorSpace": "srgb", "components": [0, 0, 0], "alpha": 0.5}
    lengths: Iterable[str] = ("offsetX", "offsetY", "blur", "spread")
    return {
        "color": {"colorSpace": "srgb", "components": shares(3, 3)},
        "dimension": length(99),
        "number": chance.randint(0, 100) / 10,
        "duration": {"value": chance.randint(0, 900), "unit": "ms"},
        "fontFamily": ["Inter", "sans-serif"],
        "fontWeight": chance.choice([400, 500, 700]),
        "cubicBezier": shares(4, 2),
        "shadow": {"color": shade, **{name: length(9) for name in lengths}},
    }[kind]
