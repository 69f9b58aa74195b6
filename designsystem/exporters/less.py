"""Less: every token a variable, and all of them in the map ``@tokens``."""

from __future__ import annotations

import re

from designsystem.exporters.declarations import declare, linked
from designsystem.exporters.exported import Format, Job, Names
from designsystem.exporters.names import less_name
from designsystem.problem import Problem

_RGB = re.compile(r"rgb\((\d+) (\d+) (\d+) / (\d+(?:\.\d+)?)\)")
_N = r"-?(?:\d+(?:\.\d+)?|\.\d+)"
_ATOM = "|".join(
    (
        r'"(?:[^"\\@$]|\\.)*"',
        r"rgba\(\d+, \d+, \d+, \d+(?:\.\d+)?\)",
        rf"cubic-bezier\({_N}, {_N}, {_N}, {_N}\)",
        r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})(?!\w)",
        rf"{_N}(?:%|[a-zA-Z]+)?(?![\w.-])",
        r"(?!(?:and|or|not|true|false|if|when|default)(?![\w-]))[a-zA-Z][a-zA-Z0-9-]*",
    )
)
_PLAIN_VALUE = re.compile(rf"(?:{_ATOM})(?:(?:, ?| )(?:{_ATOM}))*")
"""Values that Less reads as numbers, colors, strings, words and lists of these, and writes again as they were."""
_INTERPOLATION = re.compile(r"[@$]\{")
_LONG_NUMBER = re.compile(r"\d{16}|\.\d{9}")


def render(job: Job) -> tuple[str, list[Problem]]:
    """The style sheet; Less reads variables late, so that aliases may stand in any order."""
    declarations, problems = declare(job.entries, lambda path: less_name(path, job.prefix), Names())
    lines = [f"// {line}" for line in job.header.lines()] + [""]
    for each in linked(declarations) if job.aliases else declarations:
        if each.first:
            lines.extend(f"// {note}".rstrip() for note in each.entry.notes())
        lines.append(f"@{each.name}: {_literal(each.text) if each.alias is None else f'@{each.alias}'};")
    lines += ["", "@tokens: {"]
    lines.extend(f"  {item.name}: @{item.name};" for item in declarations)
    return "\n".join([*lines, "}", ""]), problems


def _literal(text: str) -> str:
    """A value that Less leaves alone; a half transparent color as Less itself writes one, what is not plain escaped,
    since Less would compute in it: ``oklch(0.6 0.2 29 / 0.5)`` holds no division."""
    plain = _RGB.sub(r"rgba(\1, \2, \3, \4)", text)
    if _PLAIN_VALUE.fullmatch(plain) and not _LONG_NUMBER.search(plain):
        return plain
    mark = '"' if '"' not in text else "'"
    inner = _INTERPOLATION.sub(lambda match: f"\\{ord(match[0][0]):x} {{", text.replace(mark, f"\\{ord(mark):x} "))
    return f"~{mark}{inner}{mark}"


FORMAT = Format("less", "text/x-less", "less", render, "Less variables", "@color-brand-500: #3366ff;\n")
