"""Generated design systems of any size, written straight into a repository with git fast-import."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from bench.git import Git

GROUPS = 4
AUTHOR = "Bench <bench@example.org>"


def create_repository(git: Git, path: Path, *, components: int, tokens: int) -> None:
    """A bare repository with one commit on main: so many components of three files each, and so many tokens."""
    git.run("init", "--quiet", "--bare", "--initial-branch=main", path)
    stream = b"".join(_commit(dict(_files(components, tokens))))
    git.run("--git-dir", path, "fast-import", "--quiet", stdin=stream)


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
    yield f"commit refs/heads/main\ncommitter {AUTHOR} 1700000000 +0000\n".encode()
    yield b"data 9\ngenerated\n"
    for path, text in files.items():
        content = text.encode()
        yield f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n"
    yield b"done\n"
