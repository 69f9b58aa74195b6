"""JavaScript: an ES module with the frozen tree of tokens, a flat map by path, and one constant per token."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from designsystem import codes
from designsystem.exporters.entries import nest
from designsystem.exporters.exported import Entry, Format, Header, Job, Names
from designsystem.exporters.names import camel
from designsystem.problem import Problem

_FREEZE = """\
const freeze = (value) => {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(freeze);
  return Object.freeze(value);
};
"""


def render(job: Job) -> tuple[str, list[Problem]]:
    """The module."""
    tree, problems = nest(job.entries)
    constants, clashes = named(job.entries, job.prefix)
    blocks = [
        header_comment(job.header),
        _FREEZE,
        f"/** Every token by its path's segments. */\nexport const tokens = freeze({literal(tree)});\n",
        f"/** Every token by its path. */\nexport const flat = freeze({literal(flat(job.entries))});\n",
        "".join(f"{note(entry)}export const {name} = freeze({literal(entry.value)});\n" for name, entry in constants),
        "export default tokens;\n",
    ]
    return "\n".join(block for block in blocks if block), [*problems, *clashes]


def named(entries: Sequence[Entry], prefix: str) -> tuple[list[tuple[str, Entry]], list[Problem]]:
    """The tokens that get a constant of their own; a clash costs the constant, not the token's place in the tree."""
    names = Names("it has no constant of its own")
    pairs = [(camel(entry.path, prefix), entry) for entry in entries]
    return [(name, entry) for name, entry in pairs if names.claim(name, entry, codes.EXPORT_COLLISION)], names.problems


def flat(entries: Sequence[Entry]) -> dict[str, Any]:
    """Values by path."""
    return {entry.path: entry.value for entry in entries}


def header_comment(header: Header) -> str:
    """The comment at the head of the file."""
    return "\n".join(["/**", *(f" * {line}".rstrip() for line in header.lines()), " */", ""])


def note(entry: Entry) -> str:
    """Description and deprecation as a JSDoc comment with its line end; empty where there is neither."""
    lines = entry.notes()
    if not lines:
        return ""
    if len(lines) == 1:
        return f"/** {lines[0]} */\n"
    return "\n".join(["/**", *(f" * {line}".rstrip() for line in lines), " */", ""])


def literal(value: Any, depth: int = 0) -> str:
    """A JSON value as a JavaScript expression; ``__proto__`` as a computed key, which names a member like any other."""
    if isinstance(value, Mapping) and value:
        return "{\n" + "".join(_members(value, depth + 1)) + "  " * depth + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(literal(item, depth) for item in value) + "]"
    return json.dumps({} if isinstance(value, Mapping) else value, ensure_ascii=False)


def _members(value: Mapping[str, Any], depth: int) -> Iterator[str]:
    for key, item in value.items():
        name = json.dumps(key, ensure_ascii=False)
        yield f"{'  ' * depth}{f'[{name}]' if key == '__proto__' else name}: {literal(item, depth)},\n"


FORMAT = Format(
    "js", "text/javascript", "js", render, "JavaScript module",
    'export const colorBrand500 = "#3366ff";\n', escapes=True,
)  # fmt: skip
