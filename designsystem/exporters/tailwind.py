"""Tailwind CSS v4: tokens as theme variables, in the namespaces from which Tailwind makes its utilities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from designsystem import codes
from designsystem.exporters.css import all_with, block_lines, comment, lines_of
from designsystem.exporters.declarations import Declaration, declare, linked
from designsystem.exporters.exported import Entry, Format, Job, Names
from designsystem.exporters.kebab import kebab_word
from designsystem.exporters.names import custom_property, segments_of
from designsystem.exporters.text import css_identifier
from designsystem.problem import Problem

_BY_TYPE: Mapping[str, str] = {
    "color": "color",
    "fontFamily": "font",
    "fontWeight": "font-weight",
    "cubicBezier": "ease",
    "typography": "text",
}
_BY_WORD: Mapping[str, Mapping[str, str]] = {
    "dimension": {
        **dict.fromkeys(("radius", "radii", "rounded", "corner", "border-radius"), "radius"),
        **dict.fromkeys(("breakpoint", "breakpoints", "screen", "screens"), "breakpoint"),
        **dict.fromkeys(("container", "containers"), "container"),
        **dict.fromkeys(("tracking", "letter-spacing"), "tracking"),
        **dict.fromkeys(("leading", "line-height"), "leading"),
        **dict.fromkeys(("font-size", "text", "text-size"), "text"),
        "blur": "blur",
        "perspective": "perspective",
    },
    "number": {
        **dict.fromkeys(("leading", "line-height"), "leading"),
        **dict.fromkeys(("aspect", "aspect-ratio"), "aspect"),
    },
    "shadow": {
        **dict.fromkeys(("inset-shadow", "inner-shadow"), "inset-shadow"),
        "drop-shadow": "drop-shadow",
        "text-shadow": "text-shadow",
    },
}
_TEXT = "text"
_OTHERWISE: Mapping[str, str] = {"dimension": "spacing", "shadow": "shadow"}
_ALSO_CALLED: Mapping[str, frozenset[str]] = {
    "color": frozenset({"color", "colors", "colour", "colours"}),
    "spacing": frozenset({"spacing", "space", "spaces"}),
    "font": frozenset({"font", "fonts", "font-family", "family"}),
    "font-weight": frozenset({"font-weight", "weight"}),
    "text": frozenset({"text", "typography", "font-size", "text-size"}),
    "ease": frozenset({"ease", "easing", "easings", "timing"}),
    "shadow": frozenset({"shadow", "shadows", "elevation"}),
}
_PARTS = {"font-size": "", "line-height": "--line-height", "letter-spacing": "--letter-spacing",
          "font-weight": "--font-weight"}  # fmt: skip
"""What Tailwind reads beside a text size."""


def render(job: Job) -> tuple[str, list[Problem]]:
    """``@theme`` with every token that Tailwind has a namespace for; the others as custom properties of ``:root``."""
    spaces = {entry.path: _namespace(entry) for entry in job.entries}
    declarations, problems = _declared(job.entries, spaces, job)
    theme = [each for each in declarations if spaces[each.entry.path]]
    others = [each for each in declarations if not spaces[each.entry.path]]
    lines = [*comment(job.header), "", "@theme {", *lines_of(theme, "  "), "}"]
    if others:
        lines += ["", ":root {", *lines_of(others, "  "), "}"]
    for block in job.blocks:
        changed = {entry.path: entry for entry in block.entries}
        spaces |= {path: _namespace(entry) for path, entry in changed.items()}
        found, _ = _declared(all_with(job.entries, block.entries), spaces, job)
        lines += ["", *block_lines(block, [each for each in found if each.entry.path in changed], media=job.media)]
    return "\n".join([*lines, ""]), problems


def _declared(entries: Sequence[Entry], spaces: Mapping[str, str], job: Job) -> tuple[list[Declaration], list[Problem]]:
    """Tokens get their names before parts of other tokens do, as in :func:`declare`."""
    names = Names()
    plain = [entry for entry in entries if spaces[entry.path] != _TEXT or not entry.parts]
    declared, problems = declare(plain, lambda path: _name(path, spaces, job.prefix), names)
    found: dict[str, list[Declaration]] = {}
    for each in declared:
        found.setdefault(each.entry.path, []).append(each)
    known = len(names.problems)
    for entry in entries:
        if spaces[entry.path] == _TEXT and entry.parts:
            found[entry.path] = list(_text(entry, job.prefix, names))
    ordered = [each for entry in entries for each in found.get(entry.path, [])]
    return linked(ordered) if job.aliases else ordered, [*problems, *names.problems[known:]]


def _text(entry: Entry, prefix: str, names: Names) -> Iterator[Declaration]:
    """A text size with what Tailwind takes along with one, and a font of the same name for the family."""
    first = True
    for part, text in entry.parts.items():
        family = part == "font-family"
        name = _themed("font" if family else _TEXT, entry.path, prefix) + ("" if family else _PARTS[part])
        if names.claim(name, entry, codes.EXPORT_COLLISION):
            yield Declaration(name, text, entry, part, first)
            first = False


def _namespace(entry: Entry) -> str:
    """The namespace of a token by its type and, where a type serves several ends, by the words of its path."""
    kind = entry.resolved.type or ""
    if kind in _BY_TYPE:
        return _BY_TYPE[kind]
    words = _BY_WORD.get(kind, {})
    stated = (words.get(kebab_word(segment)) for segment in segments_of(entry.path))
    return next(filter(None, stated), _OTHERWISE.get(kind, ""))


def _name(path: str, spaces: Mapping[str, str], prefix: str) -> str:
    space = spaces.get(path, "")
    return _themed(space, path, prefix) if space else custom_property(path, prefix)


def _themed(space: str, path: str, prefix: str) -> str:
    """The theme variable: a first segment that only says the namespace again is left out."""
    first, *rest = segments_of(path)
    named = rest if rest and kebab_word(first) in (_ALSO_CALLED.get(space, frozenset()) | {space}) else [first, *rest]
    said = [kebab_word(segment) for segment in ([prefix, *named] if prefix else named)]
    return f"--{space}-{css_identifier('-'.join(said))}"


FORMAT = Format(
    "tailwind", "text/css", "css", render, "Tailwind CSS v4 theme", "@theme {\n  --color-brand-500: #3366ff;\n}\n",
    themes=True,
)  # fmt: skip
