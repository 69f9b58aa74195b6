"""Importers: what teams have in the files of other tools, as files of the format, and what it has no place for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from designsystem import codes
from designsystem.importers import figma, figma_modes, style_dictionary, tokens_studio
from designsystem.importers.building import Imported, build
from designsystem.importers.drafts import Plan
from designsystem.importers.reading import Sources
from designsystem.jsontext.file import JsonFile, read_json
from designsystem.problem import Problem, errors_of

__all__ = ["FORMATS", "Imported", "UnknownFormat", "convert"]


class UnknownFormat(ValueError):
    """None of the files is of a known tool; ``unread`` says which could not be read at all."""

    def __init__(self, message: str, unread: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.unread = tuple(unread)


class Reader(NamedTuple):
    """What knows one shape of files: whether it is theirs, and what they hold."""

    recognises: Callable[[Sources], bool]
    read: Callable[[Sources], Plan]


class Format(NamedTuple):
    """A tool whose files can be read, and the readers of its shapes, the surer first."""

    title: str
    readers: tuple[Reader, ...]


_FIGMA: Final = tuple(Reader(each.recognises, each.read) for each in (figma, figma_modes))
_STUDIO: Final = (Reader(tokens_studio.recognises, tokens_studio.read),)
_DICTIONARY: Final = (Reader(style_dictionary.recognises, style_dictionary.read),)

FORMATS: Final[dict[str, Format]] = {
    "figma": Format("Figma variables", _FIGMA),
    "tokens-studio": Format("Tokens Studio", _STUDIO),
    "style-dictionary": Format("Style Dictionary 3 or 4", _DICTIONARY),
}
"""The formats by name, in the order in which they are looked for."""


def convert(files: Mapping[str, bytes], format_name: str | None = None) -> tuple[str, Imported]:
    """The format that files are in, and what becomes of them; ``files`` are bytes by path.

    Raises UnknownFormat where no format, or not the one named, is found in them.
    """
    unread: list[Problem] = []
    sources: dict[str, JsonFile] = {}
    for path, data in files.items():
        file = read_json(path, data)
        faults = errors_of(file.problems)
        if file.root is None or faults:
            message = f"this file is not read: {faults[0].message}" if faults else "this file is not read"
            line, column = (faults[0].line, faults[0].column) if faults else (0, 0)
            unread.append(Problem(codes.IMPORT_UNREAD, message, path, "", line, column, severity="warning"))
        else:
            sources[path] = file
    found = _reader(sources, format_name)
    if found is None:
        wanted = FORMATS[format_name].title if format_name else "a tool that is known"
        raise UnknownFormat(f"none of the files is of {wanted}", unread)
    name, reader = found
    plan = reader.read(sources)
    plan.problems += unread
    return name, build(plan)


def _reader(sources: Sources, format_name: str | None) -> tuple[str, Reader] | None:
    for name, known in FORMATS.items():
        if format_name in {None, name}:
            for reader in known.readers:
                if reader.recognises(sources):
                    return name, reader
    return None
