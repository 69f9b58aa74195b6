"""CSS: every token a custom property of ``:root``."""

from __future__ import annotations

from collections.abc import Sequence

from designsystem.exporters.declarations import declare
from designsystem.exporters.exported import Entry, Format, Header, Names
from designsystem.exporters.names import custom_property
from designsystem.problem import Problem


def render(entries: Sequence[Entry], header: Header, prefix: str) -> tuple[str, list[Problem]]:
    """The style sheet."""
    declarations, problems = declare(entries, lambda path: custom_property(path, prefix), Names())
    lines = ["/**", *(f" * {line}".rstrip() for line in header.lines()), " */", "", ":root {"]
    for declaration in declarations:
        if declaration.entry and (notes := declaration.entry.notes()):
            lines.append(f"  /* {' '.join(filter(None, notes))} */")
        lines.append(f"  {declaration.name}: {declaration.text};")
    return "\n".join([*lines, "}", ""]), problems


FORMAT = Format("css", "text/css", "css", render)
