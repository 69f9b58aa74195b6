"""TypeScript: the JavaScript module's values as literal types, with the union of all token names."""

from __future__ import annotations

import json
from collections.abc import Sequence

from designsystem.exporters.entries import nest
from designsystem.exporters.exported import Entry, Format, Job
from designsystem.exporters.javascript import flat, header_comment, literal, named, note
from designsystem.problem import Problem

_LOOKUP = """\
/** The value that a token name stands for. */
export type TokenValue<Name extends TokenName = TokenName> = (typeof flat)[Name];

/** The value of a token. */
export function token<Name extends TokenName>(name: Name): TokenValue<Name> {
  return flat[name];
}
"""


def render(job: Job) -> tuple[str, list[Problem]]:
    """The module."""
    tree, problems = nest(job.entries)
    constants, clashes = named(job.entries, job.prefix)
    blocks = [
        header_comment(job.header),
        f"/** Every token by its path's segments. */\nexport const tokens = {literal(tree)} as const;\n",
        f"/** Every token by its path. */\nexport const flat = {literal(flat(job.entries))} as const;\n",
        _names(job.entries),
        _LOOKUP,
        "".join(f"{note(entry)}export const {name} = {literal(entry.value)} as const;\n" for name, entry in constants),
        "export default tokens;\n",
    ]
    return "\n".join(block for block in blocks if block), [*problems, *clashes]


def _names(entries: Sequence[Entry]) -> str:
    union = "".join(f"\n  | {json.dumps(entry.path, ensure_ascii=False)}" for entry in entries) or " never"
    return f"/** The path of every token. */\nexport type TokenName ={union};\n"


FORMAT = Format(
    "ts", "text/typescript", "ts", render, "TypeScript module with literal types and the union of names",
    'export const colorBrand500 = "#3366ff" as const;\n', escapes=True,
)  # fmt: skip
