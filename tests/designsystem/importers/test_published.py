"""Guards: sets that others published arrive in the format, and sums and colors come to what the tool's own code says.

The packages are fetched when the test runs and never committed. Offline they are skipped, on CI they are not.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, NoReturn

import pytest

from designsystem.importers import Imported, convert
from tests.designsystem.importers.sources import imported, token_set, told, values

pytestmark = [pytest.mark.network, pytest.mark.timeout(300)]

PACKAGES = (
    "style-dictionary@3.9.2",
    "@nl-design-system-unstable/voorbeeld-design-tokens@7.4.1",
    "@baloise/ds-tokens@16.2.1",
)
TRANSFORMS = ("@tokens-studio/sd-transforms@2.0.3", "style-dictionary@5.0.4")
SCRIPT = """\
import {checkAndEvaluateMath, transformColorModifiers} from "@tokens-studio/sd-transforms";
import {readFileSync} from "node:fs";
const by = {math: checkAndEvaluateMath, color: transformColorModifiers};
const asked = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(asked.map(({by: name, token}) => by[name](token))));
"""


def unavailable(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def installed(folder: Path, packages: tuple[str, ...]) -> Path:
    """A folder with packages, none of whose scripts have run."""
    npm = shutil.which("npm")
    if npm is None:
        unavailable("npm is not installed")
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    command = [npm, "install", *packages, "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=280)
    if done.returncode != 0:
        unavailable(f"{', '.join(packages)} could not be fetched: {done.stderr[-500:]}")
    return folder


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(tmp_path_factory.mktemp("published"), PACKAGES) / "node_modules"


@pytest.fixture(scope="module")
def transforms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = installed(tmp_path_factory.mktemp("transforms"), TRANSFORMS)
    (folder / "ask.js").write_text(SCRIPT)
    return folder


def taken(folder: Path) -> tuple[str, Imported]:
    paths = [folder] if folder.is_file() else sorted(folder.rglob("*.json"))
    root = folder.parent if folder.is_file() else folder
    return convert({path.relative_to(root).as_posix(): path.read_bytes() for path in paths})


def names_of_tokens(folder: Path) -> set[str]:
    """Every token of a folder by our own walk: an object with ``value`` or ``$value``."""
    found: set[str] = set()
    for path in [folder] if folder.is_file() else folder.rglob("*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        sets = "$metadata" in document
        waiting: list[tuple[tuple[str, ...], Any]] = [((), document)]
        while waiting:
            names, node = waiting.pop()
            if isinstance(node, dict) and ("value" in node or "$value" in node):
                found.add(".".join(names[1 if sets else 0 :]))
            elif isinstance(node, dict):
                waiting += [((*names, name), part) for name, part in node.items() if not name.startswith("$")]
    return found


@pytest.mark.parametrize(
    ("source", "tool", "least"),
    [
        ("style-dictionary/examples/basic/tokens", "style-dictionary", 10),
        ("style-dictionary/examples/complete/tokens", "style-dictionary", 350),
        ("style-dictionary/examples/advanced/component-cti/tokens", "style-dictionary", 20),
        ("style-dictionary/examples/advanced/referencing_aliasing/tokens", "style-dictionary", 15),
        ("style-dictionary/examples/advanced/tokens-deprecation/tokens", "style-dictionary", 10),
        ("style-dictionary/examples/advanced/multi-brand-multi-platform/tokens", "style-dictionary", 20),
        ("@baloise/ds-tokens/dist/figma", "style-dictionary", 180),
        ("@nl-design-system-unstable/voorbeeld-design-tokens/figma/voorbeeld.tokens.json", "tokens-studio", 2600),
    ],
)
def test_a_published_set_arrives_whole_or_is_listed(published: Path, source: str, tool: str, least: int) -> None:
    name, found = taken(published / source)
    assert name == tool
    written = set(token_set(found).tokens)
    assert len(written) >= least
    assert len(values(found)) == len(written), "every token stands for something"
    everything = names_of_tokens(published / source)
    listed = {problem.subject for problem in found.left_out}
    assert everything <= written | listed
    assert written <= everything | {
        path for path, said in told(found).items() if any("is now" in each for each in said)
    }


SUMS = ["8 * 2", "4px + 4", "(8px + 4px) / 3", "2rem * 1.5", "10 / 4", "-2 * 3", "roundTo(10 / 3, 1)", "16px - 4px * 2"]


def asked(transforms: Path, questions: list[dict[str, Any]]) -> list[Any]:
    node = shutil.which("node")
    assert node, "npm without node"
    done = subprocess.run(
        [node, "ask.js"], cwd=transforms, input=json.dumps(questions), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, list)
    return found


def test_sums_come_to_what_the_tool_says(transforms: Path) -> None:
    want = asked(transforms, [{"by": "math", "token": {"value": text, "type": "dimension"}} for text in SUMS])
    tokens = {f"s{index}": {"value": text, "type": "spacing"} for index, text in enumerate(SUMS)}
    got = values(imported(tokens__json={"set": tokens, "$metadata": {"tokenSetOrder": ["set"]}}))
    written = [f"{got[f's{index}']['value']:g}{got[f's{index}']['unit']}" for index in range(len(SUMS))]
    assert written == [str(each) if str(each)[-1].isalpha() else f"{each}px" for each in want]


def test_color_modifiers_come_to_what_the_tool_says(transforms: Path) -> None:
    colors = ["#3366cc", "#ff8800", "#101010", "#c0ffee"]
    modifiers = [
        {"type": kind, "value": amount, "space": space, **({"color": "#ffffff"} if kind == "mix" else {})}
        for kind in ("lighten", "darken", "mix", "alpha")
        for amount in ("0.1", "0.5")
        for space in ("srgb", "p3", "hsl", "lch")
    ]
    cases = [(color, modify) for color in colors for modify in modifiers]
    questions = [
        {
            "by": "color",
            "token": {"value": color, "type": "color", "$extensions": {"studio.tokens": {"modify": dict(modify)}}},
        }
        for color, modify in cases
    ]
    want = asked(transforms, questions)
    tokens = {f"c{index}": each["token"] for index, each in enumerate(questions)}
    got = values(imported(tokens__json={"set": tokens, "$metadata": {"tokenSetOrder": ["set"]}}))
    for index, (color, modify) in enumerate(cases):
        assert difference(got[f"c{index}"], want[index]) < 0.6, (color, modify, got[f"c{index}"], want[index])


def difference(value: dict[str, Any], text: str) -> float:
    """How far two colors lie apart (CIE 2000), where 1 is just noticeable; their alpha counts a hundredfold."""
    from coloraide import Color

    scale = 100 if value["colorSpace"] == "hsl" else 1
    first, *rest = (0 if part == "none" else part for part in value["components"])
    mine = Color(value["colorSpace"], [first, *(part / scale for part in rest)], value.get("alpha", 1))
    other = Color(text)
    return float(mine.delta_e(other, method="2000")) + 100 * abs(mine.alpha() - other.alpha())
