"""The platforms' own tools: fetched from npm when a test runs, never committed; a browser that is installed."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

PACKAGES = (
    "sass@1.108.2",
    "less@4.9.1",
    "typescript@7.0.2",
    "tailwindcss@4.3.5",
    "@tailwindcss/cli@4.3.5",
    "web-tree-sitter@0.25.10",
    "tree-sitter-wasms@0.1.13",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
LONGEST = 200

PARSE = """\
import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {Language, Parser} from "web-tree-sitter";
const require = createRequire(import.meta.url);
await Parser.init();
const languages = {};
const faults = {};
for (const [language, file] of process.argv.slice(2).map((argument) => argument.split("="))) {
  languages[language] ??= await Language.load(require.resolve(`tree-sitter-wasms/out/tree-sitter-${language}.wasm`));
  const parser = new Parser();
  parser.setLanguage(languages[language]);
  const found = [];
  const walk = (node) => {
    if (node.isError || node.isMissing) found.push(`${node.startPosition.row + 1}: ${node.text.slice(0, 80)}`);
    else node.children.forEach(walk);
  };
  walk(parser.parse(readFileSync(file, "utf8")).rootNode);
  faults[file] = found;
}
console.log(JSON.stringify(faults));
"""


def unavailable(reason: str) -> NoReturn:
    """Ends the test: on CI, where nothing is skipped, as a failure."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass(frozen=True)
class Tools:
    """A folder with the npm packages."""

    folder: Path
    node: str

    def run(self, script: str, *arguments: str | Path, cwd: Path | None = None) -> str:
        """What a package's script writes; raises with all that it said where it refuses."""
        command = [self.node, str(self.folder / script), *map(str, arguments)]
        done = subprocess.run(command, cwd=cwd or self.folder, capture_output=True, text=True, timeout=LONGEST)
        assert done.returncode == 0, f"{script} refused:\n{done.stdout}{done.stderr}"
        return done.stdout

    def sass(self, *files: Path) -> list[str]:
        """The style sheets that Sass makes of these."""
        made = [file.with_suffix(".css") for file in files]
        pairs = [f"{file}:{css}" for file, css in zip(files, made, strict=True)]
        self.run("node_modules/sass/sass.js", "--no-source-map", "--fatal-deprecation=slash-div", *pairs)
        return [css.read_text(encoding="utf-8") for css in made]

    def less(self, file: Path) -> str:
        return self.run("node_modules/less/bin/lessc", file)

    def tsc(self, *files: Path) -> str:
        options = ("--strict", "--noEmit", "--target", "es2022", "--module", "nodenext", "--noUnusedLocals")
        return self.run("node_modules/typescript/bin/tsc", *options, *files)

    def tailwind(self, folder: Path) -> str:
        """The style sheet that Tailwind makes of ``in.css`` in a folder."""
        (folder / "node_modules").symlink_to(self.folder / "node_modules")
        self.run("node_modules/@tailwindcss/cli/dist/index.mjs", "-i", "in.css", "-o", "out.css", cwd=folder)
        return (folder / "out.css").read_text(encoding="utf-8")

    def faults(self, *files: tuple[str, Path]) -> dict[str, list[str]]:
        """What tree-sitter cannot read in files, each given with its language."""
        found: dict[str, list[str]] = json.loads(self.run("parse.mjs", *(f"{name}={file}" for name, file in files)))
        return {Path(file).name: faults for file, faults in found.items()}


def fetched(folder: Path) -> Tools:
    """The tools in a folder; without npm or a network the test is skipped, and fails on CI."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        unavailable("node and npm are not installed")
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    (folder / "parse.mjs").write_text(PARSE)
    options = ("--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock", "--save-exact")
    command = [npm, "install", *options, *PACKAGES]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LONGEST)
    if done.returncode != 0:
        unavailable(f"the tools could not be fetched: {done.stderr[-500:]}")
    return Tools(folder, node)


def shown(page: str, folder: Path, *options: str) -> Any:
    """What a page's script gives to ``report(value)`` in a browser."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        unavailable("no Chromium is installed")
    file = folder / "page.html"
    report = "<script>function report(value) { document.title = JSON.stringify(value); }</script>"
    file.write_text(f"<!doctype html><meta charset=utf-8>{report}{page}", encoding="utf-8")
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        f"--user-data-dir={folder / 'profile'}", *options, "--dump-dom", file.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST)
    found = re.search(r"<title>(.*?)</title>", done.stdout, re.DOTALL)
    assert found, f"the page said nothing:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    return json.loads(html.unescape(found[1]))
