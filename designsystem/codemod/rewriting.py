"""Rewrites one file's usages of tokens: what kind of file it is says what counts as one."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from designsystem.codemod.names import Names
from designsystem.codemod.scripts import edits_of_script
from designsystem.codemod.strings import edits_of_json
from designsystem.codemod.stylesheets import Dialect, edits_of_sheet
from designsystem.codemod.usage import Usage

MOST_BYTES = 2 * 1024 * 1024
"""Larger files are left alone: nobody writes them by hand."""

_SCRIPTS = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")
_MARKUP = (".vue", ".svelte", ".html", ".htm", ".astro")
_SHEETS = {
    ".css": Dialect.CSS,
    ".pcss": Dialect.CSS,
    ".scss": Dialect.SCSS,
    ".sass": Dialect.SCSS,
    ".less": Dialect.LESS,
}
_NOT_OURS = frozenset({"package.json", "package-lock.json", "npm-shrinkwrap.json", "composer.json", "composer.lock"})
_OPENED = re.compile(r"<(style|script)\b([^>]{0,5000}+)>", re.IGNORECASE)
_CLOSED = {name: re.compile(rf"</{name}\s*+>", re.IGNORECASE) for name in ("style", "script")}
_LANG = re.compile(r"""\blang\s*=\s*["']?(\w+)""")

Edits = Callable[[str], Iterator[Usage]]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file's text with its usages renamed, what was renamed, and what uses tokens that nothing took the place of."""

    text: str
    renamed: tuple[Usage, ...] = ()
    left: tuple[Usage, ...] = ()


def is_known(path: str) -> bool:
    """Whether files of that name are looked at."""
    return _edits(path, None) is not None


def rewrite(path: str, text: str, names: Names, *, modules: frozenset[str] = frozenset()) -> Rewritten:
    """The file with every usage of an old name under its new one, all at once, so that two names may swap.

    ``modules`` are the specifiers that scripts import tokens from; without any see designsystem.codemod.imports.
    """
    edits = _edits(path, partial(edits_of_script, names=names, path=path, modules=modules), names)
    found = sorted(edits(text), key=lambda usage: (usage.start, usage.end)) if edits is not None else []
    changed: list[str] = []
    renamed: list[Usage] = []
    end = 0
    for usage in found:
        if usage.new is not None and usage.start >= end:
            changed += [text[end : usage.start], usage.new]
            renamed.append(usage)
            end = usage.end
    left = tuple(usage for usage in found if usage.new is None)
    return Rewritten("".join([*changed, text[end:]]), tuple(renamed), left)


def _edits(path: str, script: Edits | None, names: Names | None = None) -> Edits | None:
    name = path.rpartition("/")[2].lower()
    suffix = "".join(name.rpartition(".")[1:]) if "." in name else ""
    script = script or _nothing
    if suffix in _SCRIPTS:
        return script
    if suffix in _SHEETS:
        return partial(edits_of_sheet, names=names, dialect=_SHEETS[suffix]) if names is not None else _nothing
    if suffix in (".json", ".jsonc", ".json5") and name not in _NOT_OURS:
        return partial(edits_of_json, names=names) if names is not None else _nothing
    if suffix in _MARKUP:
        return partial(_edits_of_markup, names=names, script=script) if names is not None else _nothing
    return None


def _nothing(text: str) -> Iterator[Usage]:
    return iter(())


def _edits_of_markup(text: str, *, names: Names, script: Edits) -> Iterator[Usage]:
    """The blocks of a single file component by their languages; around them custom properties, as in attributes."""
    end = 0
    for name, attributes, start, stop in _blocks(text):
        yield from _moved(edits_of_sheet(text[end:start], names, Dialect.MARKUP), end)
        inner, end = text[start:stop], stop
        if name == "script":
            yield from _moved(script(inner), start)
        else:
            lang = _LANG.search(attributes)
            dialect = _SHEETS.get(f".{lang[1].lower()}", Dialect.CSS) if lang else Dialect.CSS
            yield from _moved(edits_of_sheet(inner, names, dialect), start)
    yield from _moved(edits_of_sheet(text[end:], names, Dialect.MARKUP), end)


def _blocks(text: str) -> Iterator[tuple[str, str, int, int]]:
    """Blocks of styles and scripts: what they are, their attributes, where they begin and end. One is not looked for
    the end that an earlier one lacked."""
    at, endless = 0, set[str]()
    while (opened := _OPENED.search(text, at)) is not None:
        name, at = opened[1].lower(), opened.end()
        closed = _CLOSED[name].search(text, at) if name not in endless else None
        if closed is None:
            endless.add(name)
            continue
        yield name, opened[2], at, closed.start()
        at = closed.end()


def _moved(usages: Iterator[Usage], by: int) -> Iterator[Usage]:
    return (usage.moved(by) for usage in usages)


def line_and_column(text: str, at: int) -> tuple[int, int]:
    """Where a position is, both counted from 1."""
    starts = _line_starts(text)
    line = bisect_right(starts, at)
    return line, at - starts[line - 1] + 1


@lru_cache(maxsize=2)
def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


def told(path: str, text: str, usages: Sequence[Usage]) -> Iterator[str]:
    """Each usage as ``path:line:column old``."""
    for usage in usages:
        line, column = line_and_column(text, usage.start)
        yield f"{path}:{line}:{column} {usage.old}"
