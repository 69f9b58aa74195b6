"""The options by which commands ask for one permutation of a folder's resolver."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from cli.checkout import Checkout
from cli.errors import CommandFailed
from designsystem.resolver.document import ResolverDocument, is_resolver_file, parse_resolver
from designsystem.rules import FileLimits, judge_size

ThemeOption = Annotated[
    str | None, typer.Option(metavar="CONTEXT", help="Context of the resolver's modifier `theme`, such as dark.")
]
InputsOption = Annotated[
    list[str] | None,
    typer.Option("--input", "-i", metavar="MODIFIER=CONTEXT", help="Of the resolver; may be given several times."),
]
ResolverOption = Annotated[
    str | None, typer.Option(help="The resolver to use, where there are several; its path in the folder.")
]


def given(inputs: Sequence[str], theme: str | None = None) -> dict[str, str]:
    """Options as inputs of a resolver."""
    found: dict[str, str] = {}
    for stated in [*inputs, *([f"theme={theme}"] if theme is not None else [])]:
        name, equals, context = stated.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"{stated!r} is not MODIFIER=CONTEXT")
        if name.lower() in map(str.lower, found):
            raise typer.BadParameter(f"{name} is given more than once")
        found[name] = context
    return found


def resolver_of(checkout: Checkout, chosen: str | None = None) -> ResolverDocument | None:
    """The resolver of a folder: that one, else the one the manifest names, else the only one there is."""
    path = _resolver(checkout, chosen)
    return None if path is None else parse_resolver(path, checkout.read(path), lambda other: _read(checkout, other))


def _resolver(checkout: Checkout, chosen: str | None) -> str | None:
    found = [path for path in checkout.files if is_resolver_file(path)]
    if chosen is not None:
        if chosen not in checkout.files:
            raise CommandFailed(f"{checkout.root} has no file {chosen}")
        return chosen
    if checkout.manifest.resolver in checkout.files:
        return checkout.manifest.resolver
    if len(found) > 1:
        raise CommandFailed(f"{checkout.root} has several resolvers; choose one with --resolver: {', '.join(found)}")
    return found[0] if found else None


def _read(checkout: Checkout, path: str) -> bytes | None:
    try:
        data = checkout.read(path)
    except LookupError:
        return None
    if problem := judge_size(path, len(data), True, FileLimits()):
        raise CommandFailed(str(problem))
    return data
