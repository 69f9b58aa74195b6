"""Generated design systems of any size, written straight into a repository with git fast-import."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from bench.git import Git

GROUPS = 4
HISTORY_COMPONENTS = 20
HISTORY_TOKENS = 80
NEAREST = 20
"""The newest commits of main that near branches begin at."""
BEGIN = 1_700_000_000
AUTHOR = "Bench <bench@example.org>"


def create_repository(git: Git, path: Path, *, components: int, tokens: int) -> None:
    """A bare repository with one commit on main: so many components of three files each, and so many tokens."""
    git.run("init", "--quiet", "--bare", "--initial-branch=main", path)
    stream = b"".join(_commit(dict(_files(components, tokens))))
    git.run("--git-dir", path, "fast-import", "--quiet", stdin=stream)


def create_history(git: Git, path: Path, *, commits: int, near: int, far: int) -> None:
    """A bare repository with so many commits on main, a minute apart, that change a token and a component in turn; and
    branches with one commit of their own: ``near/…`` from the newest commits of main on, ``far/…`` from all of them."""
    git.run("init", "--quiet", "--bare", "--initial-branch=main", path)
    stream = b"".join(_history(commits, near, far))
    git.run("--git-dir", path, "fast-import", "--quiet", stdin=stream)


def _history(commits: int, near: int, far: int) -> Iterator[bytes]:
    files = dict(_files(HISTORY_COMPONENTS, HISTORY_TOKENS))
    group, code = token_file(0), f"components/{component_name(0)}/index.tsx"
    for number in range(commits):
        yield from _dated("main", number, files if number == 0 else {})
        changed, text = (group, _tokens_at(number)) if number % 2 else (code, f"export const edit = {number};\n")
        yield _file(changed, text) if number else b""
    bases = [commits - 1 - turn % min(commits, NEAREST) for turn in range(near)]
    named = [(f"near/{turn:04}", base) for turn, base in enumerate(bases)]
    named += [(f"far/{turn:04}", turn * commits // far) for turn in range(far)]
    for turn, (name, base) in enumerate(named):
        yield from _dated(name, commits + turn, {f"notes/{turn}.md": "# Note\n"}, base)
    yield b"done\n"


def _dated(branch: str, number: int, files: dict[str, str], base: int | None = None) -> Iterator[bytes]:
    message = f"Change {number}"
    yield f"commit refs/heads/{branch}\nmark :{number + 1}\n".encode()
    yield f"committer {AUTHOR} {BEGIN + 60 * number} +0000\ndata {len(message)}\n{message}\n".encode()
    yield f"from :{base + 1}\n".encode() if base is not None else b""
    for path, text in files.items():
        yield _file(path, text)


def _file(path: str, text: str) -> bytes:
    content = text.encode()
    return f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n"


def _tokens_at(number: int) -> str:
    """The first token file, with another value of its first token at every commit."""
    steps = {f"step{n}": {"$value": _colour(n)} for n in range(0, HISTORY_TOKENS, GROUPS)}
    steps["step0"] = {"$value": {"colorSpace": "srgb", "components": [round(number % 9973 / 10_000, 4), 0.5, 0.25]}}
    return json.dumps({"color0": {"$type": "color", "scale": steps}}, indent=2) + "\n"


def token_path(number: int) -> str:
    """The path of the n-th token."""
    return f"color{number % GROUPS}.scale.step{number}"


def token_file(number: int) -> str:
    """The file that holds the n-th token."""
    return f"tokens/color{number % GROUPS}.tokens.json"


def component_name(number: int) -> str:
    """The name of the n-th component."""
    return f"Component{number:05}"


def _files(components: int, tokens: int) -> Iterator[tuple[str, str]]:
    yield "designsystem.json", '{\n  "schemaVersion": 1,\n  "name": "Generated"\n}\n'
    for group in range(GROUPS):
        steps = {f"step{n}": {"$value": _colour(n)} for n in range(group, tokens, GROUPS)}
        document = {f"color{group}": {"$type": "color", "scale": steps}}
        yield token_file(group), json.dumps(document, indent=2) + "\n"
    for number in range(components):
        yield from _component(component_name(number), number)


def _component(name: str, number: int) -> Iterator[tuple[str, str]]:
    props = {"label": {"type": "string"}, "size": {"enum": ["small", "large"]}, "order": {"default": number}}
    described = {"name": name, "category": "generated", "props": props}
    yield f"components/{name}/component.json", json.dumps(described, indent=2) + "\n"
    code = (
        f"export const {name} = ({{ label }}: {{ label: string }}) => <button data-n={{{number}}}>{{label}}</button>;"
    )
    yield f"components/{name}/index.tsx", code + "\n"
    yield f"components/{name}/README.md", f"# {name}\n\nThe generated component number {number}.\n"


def _colour(number: int) -> dict[str, object]:
    return {"colorSpace": "srgb", "components": [round(number % 100 / 100, 2), 0.5, round(number % 7 / 7, 2)]}


def _commit(files: dict[str, str]) -> Iterator[bytes]:
    yield f"commit refs/heads/main\ncommitter {AUTHOR} {BEGIN} +0000\n".encode()
    yield b"data 9\ngenerated\n"
    for path, text in files.items():
        yield _file(path, text)
    yield b"done\n"
