"""Which token files a resolver's default permutation is made of, and in which order they count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from designsystem import codes
from designsystem.manifest import MANIFEST_PATH, Manifest
from designsystem.problem import Problem
from designsystem.resolver.document import ResolverDocument, is_resolver_file, parse_resolver
from designsystem.resolver.references import View
from designsystem.resolver.resolution import choose, sources

LARGEST_REMEMBERED = 64 * 1024
"""Bytes of a resolver document up to which what was read in it is kept."""

_NOTHING = b"{}"


@dataclass(frozen=True, slots=True)
class Layout:
    """What a resolver document says of files, without a look into any of them.

    ``order`` lists the whole files of the default permutation, the one that counts most last; None where the document
    has none (it cannot be read, or a modifier has no default). ``contexts`` are the files of each context that is not
    its modifier's default, ``named`` every file that the document refers to directly.
    """

    order: tuple[str, ...] | None
    contexts: dict[tuple[str, str], frozenset[str]]
    named: frozenset[str]


def layout_of(path: str, source: bytes) -> Layout:
    """The layout in a resolver document. It follows from these bytes alone, so that it changes only with them."""
    return _remembered(path, source) if len(source) <= LARGEST_REMEMBERED else _read(path, source)


def _read(path: str, source: bytes) -> Layout:
    named: set[str] = set()

    def read(other: str) -> bytes:
        named.add(other)
        return _NOTHING

    document = parse_resolver(path, source, read)
    contexts = {
        (modifier.name, name): frozenset(filter(None, (whole_file(document, view) for view in views)))
        for modifier in document.modifiers.values()
        for name, views in modifier.contexts.items()
        if name != modifier.default
    }
    return Layout(_order(document), contexts, frozenset(named))


_remembered = lru_cache(maxsize=128)(_read)


def is_resolver_of(manifest: Manifest, path: str) -> bool:
    """Whether a file is a resolver of the design system: by its name and where it lies, or by the manifest's word."""
    if path == manifest.resolver:
        return True
    parts = path.split("/")[:-1]
    folders = ("/".join(parts[:length]) for length in range(1, len(parts) + 1))
    return is_resolver_file(path) and all(manifest.may_hold_tokens(folder) for folder in folders)


def whole_file(document: ResolverDocument, source: View) -> str | None:
    """The file that a source is the whole of; None for tokens stated inline, and for a part of a file."""
    file = source.at.file
    return file.path if source.at.node is file.root and file is not document.file else None


def faults(document: ResolverDocument, manifest: Manifest) -> Iterator[Problem]:
    """Why this resolver, which the manifest names, cannot say which files the system's tokens are.

    Every token of the index lies in a file where it can be edited: so the default permutation is made of whole token
    files, and each modifier has a default.
    """
    for modifier in document.takes.values():
        if modifier.default is None:
            message = f'the modifier "{modifier.name}" needs a default: the manifest names this resolver'
            yield modifier.place.file.problem(codes.RESOLVER_DEFAULT, modifier.place.node.start, message)
    chosen, wrong = choose(document, {})
    if wrong:
        return
    for source in sources(document, chosen):
        place = source.at
        path = whole_file(document, source)
        if path is None:
            message = (
                "the manifest names this resolver, so the default contexts are made of whole token files; "
                "move these tokens to a file of their own"
            )
            yield place.file.problem(codes.RESOLVER_DEFAULT, place.node.start, message)
        elif not manifest.is_token_file(path):
            globs = ", ".join(manifest.tokens)
            message = f"{path} is in the default permutation and no token file ({globs}); add it to the manifest"
            yield Problem(codes.RESOLVER_DEFAULT, message, document.path)


def missing(manifest: Manifest) -> Problem:
    """That the manifest names a resolver which is not there."""
    message = f"there is no resolver {manifest.resolver}; every token file counts until there is"
    return Problem(codes.RESOLVER_DEFAULT, message, MANIFEST_PATH, "/resolver")


def _order(document: ResolverDocument) -> tuple[str, ...] | None:
    chosen, wrong = choose(document, {})
    if wrong or not document.order:
        return None
    found = [whole_file(document, source) for source in sources(document, chosen)]
    last = dict.fromkeys(path for path in reversed(found) if path is not None)  # stated twice: the later place counts
    return tuple(reversed(last))
