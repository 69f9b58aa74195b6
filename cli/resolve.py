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
from cli.inputs import InputsOption, ResolverOption, ThemeOption, given, resolver_of
from cli.output import AsJson, failures, note, print_json, print_plain
from cli.validate import counted, line_of
from designsystem.manifest import COMPONENT_FILE, MANIFEST_PATH
from designsystem.problem import Problem, errors_of
from designsystem.resolver.document import is_resolver_file
from designsystem.resolver.resolution import resolve as resolve_with
from designsystem.rules import by_the_format
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
    theme: ThemeOption = None,
    inputs: InputsOption = None,
    resolver: ResolverOption = None,
    as_json: AsJson = False,
) -> None:
    """Follow every alias and reference of a folder's tokens, for one choice of contexts.

    Needs no server. Judges by the letter of the format, and ends with status 1 where the tokens do not keep to it.
    """
    with failures():
        answer = resolved(open_checkout(path), given(inputs or [], theme), resolver)
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


def _token_files(checkout: Checkout) -> list[str]:
    """What the manifest calls tokens; without one every file that may hold some."""
    if MANIFEST_PATH in checkout.files:
        return [path for path in checkout.files if checkout.manifest.is_token_file(path)]
    return [
        path
        for path in checkout.files
        if path.endswith(_TOKENS) and path.rpartition("/")[2] not in _OTHERS and not is_resolver_file(path)
    ]


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
