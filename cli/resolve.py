"""`xds resolve`: what every token of a folder stands for, as its resolver and the inputs have it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.checkout import Checkout, open_checkout
from cli.errors import CommandFailed
from cli.output import AsJson, failures, note, print_json, print_plain
from cli.validate import counted, line_of
from designsystem.manifest import COMPONENT_FILE, MANIFEST_PATH
from designsystem.problem import Problem, errors_of
from designsystem.resolver.document import ResolverDocument, is_resolver_file, parse_resolver
from designsystem.resolver.resolution import resolve as resolve_with
from designsystem.rules import FileLimits, by_the_format, judge_size
from designsystem.tokens.document import parse_document
from designsystem.tokens.set import TokenSet
from designsystem.tokens.token import Token

INPUTS = "inputs.json"
"""The file in which a folder may keep the inputs of its resolver, as one object of texts."""

_TOKENS = (".json", ".tokens")
_OTHERS = frozenset({INPUTS, MANIFEST_PATH, COMPONENT_FILE, "package.json", "package-lock.json", "tsconfig.json"})


@dataclass(frozen=True)
class Answer:
    """The tokens that stand for something, and everything that is wrong."""

    tokens: TokenSet
    problems: list[Problem]

    @property
    def valid(self) -> bool:
        """Whether the folder is as the format has it, to the letter."""
        return not errors_of(self.problems)

    def as_dict(self) -> dict[str, Any]:
        """The machine form: type and plain value of every token by path, and what else is said of it, if anything."""
        found = {path: self.tokens.resolve(path) for path in self.tokens.tokens}
        tokens = {
            path: {"type": each.type, "value": each.value} | _said_of(self.tokens.tokens[path])
            for path, each in found.items()
            if each is not None
        }
        return {"valid": self.valid, "tokens": tokens, "problems": [problem.as_dict() for problem in self.problems]}


def _said_of(token: Token) -> dict[str, Any]:
    said = {"description": token.description, "deprecated": token.deprecated, "extensions": dict(token.extensions)}
    return {key: value for key, value in said.items() if value}


def resolve(
    path: Annotated[
        Path, typer.Argument(help="Folder of token files, perhaps with a resolver.", show_default=False)
    ] = Path(),
    inputs: Annotated[
        list[str] | None, typer.Option("--input", "-i", metavar="MODIFIER=CONTEXT", help="May be given several times.")
    ] = None,
    resolver: Annotated[
        str | None, typer.Option(help="The resolver to use, where the folder has several; its path in the folder.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Follow every alias and reference of a folder's tokens, for one choice of contexts.

    Needs no server. Judges by the letter of the format, and ends with status 1 where the tokens do not keep to it.
    """
    with failures():
        answer = resolved(open_checkout(path), given(inputs or []), resolver)
    if as_json:
        print_json(answer.as_dict())
    else:
        for problem in answer.problems:
            note(line_of(problem))
        for name, token in answer.as_dict()["tokens"].items():
            print_plain(f"{name}\t{token['type'] or ''}\t{json.dumps(token['value'], ensure_ascii=False)}")
        note(counted(len(answer.tokens.tokens), "token"))
    if not answer.valid:
        raise typer.Exit(1)


def resolved(checkout: Checkout, inputs: Mapping[str, str], chosen: str | None = None) -> Answer:
    """What a folder's tokens stand for; ``inputs`` count more than those that the folder keeps."""
    read = resolver_of(checkout, chosen)
    if read is None:
        if inputs:
            raise CommandFailed(f"{checkout.root} has no resolver that takes inputs")
        tokens = TokenSet.build(parse_document(path, checkout.read(path)) for path in _token_files(checkout))
        return Answer(tokens, [by_the_format(problem) for problem in tokens.check()])
    resolution = resolve_with(read, {**_kept(checkout), **inputs})
    return Answer(resolution.tokens, [by_the_format(problem) for problem in resolution.problems])


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


def _token_files(checkout: Checkout) -> list[str]:
    """What the manifest calls tokens; without one every file that may hold some."""
    if MANIFEST_PATH in checkout.files:
        return [path for path in checkout.files if checkout.manifest.is_token_file(path)]
    return [
        path
        for path in checkout.files
        if path.endswith(_TOKENS) and path.rpartition("/")[2] not in _OTHERS and not is_resolver_file(path)
    ]


def _read(checkout: Checkout, path: str) -> bytes | None:
    try:
        data = checkout.read(path)
    except LookupError:
        return None
    if problem := judge_size(path, len(data), True, FileLimits()):
        raise CommandFailed(str(problem))
    return data


def _kept(checkout: Checkout) -> dict[str, Any]:
    if INPUTS not in checkout.files:
        return {}
    try:
        found = json.loads(checkout.read(INPUTS))
    except (ValueError, LookupError) as error:
        raise CommandFailed(f"{INPUTS} is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise CommandFailed(f'{INPUTS} holds an object of the resolver\'s inputs, such as {{"theme": "dark"}}')
    return found


def given(inputs: list[str]) -> dict[str, str]:
    """Options as inputs of a resolver."""
    found = {}
    for stated in inputs:
        name, equals, context = stated.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"{stated!r} is not MODIFIER=CONTEXT")
        found[name] = context
    return found
