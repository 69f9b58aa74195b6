"""SCSS: every token a variable, and all of them in the map ``$tokens``."""

from __future__ import annotations

import re

from designsystem.exporters.declarations import declare, linked, targets_first
from designsystem.exporters.exported import Format, Job, Names
from designsystem.exporters.names import scss_name
from designsystem.exporters.text import css_string
from designsystem.problem import Problem

_N = r"(?:-?(?:\d+(?:\.\d+)?|\.\d+)|none)"
_P = rf"(?:{_N}%|none)"
_SPACES = "srgb|srgb-linear|display-p3|a98-rgb|prophoto-rgb|rec2020|xyz-d65|xyz-d50"
_ATOM = "|".join(
    (
        r'"(?:[^"\\]|\\.)*"',
        rf"rgba?\({_N}, {_N}, {_N}(?:, {_N})?\)",
        rf"(?:rgb|lab|lch|oklab|oklch)\({_N} {_N} {_N}(?: / {_N})?\)",
        rf"(?:hsl|hwb)\({_N} {_P} {_P}(?: / {_N})?\)",
        rf"color\((?:{_SPACES}) {_N} {_N} {_N}(?: / {_N})?\)",
        rf"cubic-bezier\({_N}, {_N}, {_N}, {_N}\)",
        r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})(?!\w)",
        r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:%|[a-zA-Z]+)?(?![\w.-])",
        r"(?!(?:and|or|not|null|true|false|if)(?![\w-]))-?[a-zA-Z][a-zA-Z0-9-]*",
    )
)
_PLAIN_VALUE = re.compile(rf"(?:{_ATOM})(?:(?:, ?| )(?:{_ATOM}))*")
"""Values that Sass reads as numbers, colors, strings, words and lists of these, and writes again as they were."""


def render(job: Job) -> tuple[str, list[Problem]]:
    """The style sheet; Sass takes ``-`` and ``_`` in names for the same, and so does the collision check."""
    names = Names(reserved=["tokens"], key=lambda name: name.replace("_", "-"))
    declarations, problems = declare(job.entries, lambda path: scss_name(path, job.prefix), names)
    lines = [f"// {line}" for line in job.header.lines()] + [""]
    for each in targets_first(linked(declarations)) if job.aliases else declarations:
        if each.first:
            lines.extend(f"/// {note}".rstrip() for note in each.entry.notes())
        lines.append(f"${each.name}: {literal(each.text) if each.alias is None else f'${each.alias}'};")
    lines += ["", "$tokens: ("]
    lines.extend(f"  {css_string(_plain(item.name))}: ${item.name}," for item in declarations)
    return "\n".join([*lines, ");", ""]), problems


def literal(text: str) -> str:
    """A value that Sass leaves alone: what is not plain is interpolated: ``16px/1.5`` would divide."""
    return text if _PLAIN_VALUE.fullmatch(text) else f"#{{{css_string(text)}}}"


def _plain(name: str) -> str:
    """The name that a variable's escapes stand for, as key of the map."""
    return re.sub(r"\\(?:([0-9a-f]+) |(.))", lambda m: chr(int(m[1], 16)) if m[1] else m[2], name)


FORMAT = Format("scss", "text/x-scss", "scss", render, "Sass variables", "$color-brand-500: #3366ff;\n")
