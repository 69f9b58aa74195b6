"""CSS: every token a custom property of ``:root``, and one block for each theme with what differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from designsystem.exporters.declarations import Declaration, declare, linked
from designsystem.exporters.exported import Block, Entry, Format, Header, Job, Names
from designsystem.exporters.kebab import kebab_word
from designsystem.exporters.names import custom_property
from designsystem.exporters.text import css_identifier, css_string
from designsystem.problem import Problem

_SYSTEM_SCHEMES = frozenset({"light", "dark"})


def render(job: Job) -> tuple[str, list[Problem]]:
    """The style sheet."""
    declarations, problems = declared(job.entries, job)
    lines = [*comment(job.header), "", ":root {", *lines_of(declarations, "  "), "}"]
    for block in job.blocks:
        changed = {entry.path for entry in block.entries}
        found, _ = declared(all_with(job.entries, block.entries), job)
        lines += ["", *block_lines(block, [each for each in found if each.entry.path in changed], media=job.media)]
    return "\n".join([*lines, ""]), problems


def declared(entries: Sequence[Entry], job: Job) -> tuple[list[Declaration], list[Problem]]:
    """The custom properties of entries."""
    declarations, problems = declare(entries, lambda path: custom_property(path, job.prefix), Names())
    return linked(declarations) if job.aliases else declarations, problems


def comment(header: Header) -> list[str]:
    """The comment at the head of the file."""
    return ["/**", *(f" * {line}".rstrip() for line in header.lines()), " */"]


def lines_of(declarations: Sequence[Declaration], indent: str, *, notes: bool = True) -> Iterator[str]:
    """The declarations, each below its comment."""
    for each in declarations:
        if notes and each.first and (said := each.entry.notes()):
            yield f"{indent}/* {' '.join(filter(None, said))} */"
        yield f"{indent}{each.name}: {each.text if each.alias is None else f'var({each.alias})'};"


def all_with(entries: Sequence[Entry], changed: Sequence[Entry]) -> list[Entry]:
    """The entries with some of them, or further ones, as a theme has them."""
    return list(({entry.path: entry for entry in entries} | {entry.path: entry for entry in changed}).values())


def block_lines(block: Block, declarations: Sequence[Declaration], *, media: bool) -> list[str]:
    """One theme: a rule with a selector for every context, inside media queries where these are wanted."""
    queries, selectors = _conditions(block.contexts, media)
    indent = "  " if queries else ""
    body = [f"{indent}{selectors} {{", *lines_of(declarations, indent + "  ", notes=False), f"{indent}}}"]
    return [f"@media {queries} {{", *body, "}"] if queries else body


def _conditions(contexts: Sequence[tuple[str, str]], media: bool) -> tuple[str, str]:
    """The media query, perhaps empty, and the selector under which some contexts hold."""
    queries, selectors = [], []
    for modifier, context in contexts:
        if media and context.lower() in _SYSTEM_SCHEMES:
            queries.append(f"(prefers-color-scheme: {context.lower()})")
        else:
            selectors.append(f"[data-{css_identifier(kebab_word(modifier))}={css_string(context)}]")
    return " and ".join(queries), "".join(selectors) or ":root"


FORMAT = Format(
    "css",
    "text/css",
    "css",
    render,
    "CSS custom properties",
    ":root {\n  --color-brand-500: #3366ff;\n}\n",
    themes=True,
)
