"""`xds lint`: the rules beyond the format that a folder's manifest chooses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.checkout import Checkout, open_checkout
from cli.errors import CommandFailed
from cli.inputs import InputsOption, ResolverOption, ThemeOption, given, resolver_of
from cli.output import AsJson, failures, note, print_json, print_plain
from cli.validate import counted, line_of
from designsystem import codes
from designsystem.exporters.themes import placed
from designsystem.lint.linting import RULES, chosen_rules
from designsystem.lint.linting import lint as lint_tokens
from designsystem.lint.rule import Configured
from designsystem.manifest import MANIFEST_PATH
from designsystem.problem import Problem, errors_of
from designsystem.resolver.resolution import choose
from designsystem.resolver.resolution import resolve as resolve_with


def lint(
    path: Annotated[Path, typer.Argument(help="Folder of a design system.", show_default=False)] = Path(),
    theme: ThemeOption = None,
    inputs: InputsOption = None,
    resolver: ResolverOption = None,
    as_json: AsJson = False,
) -> None:
    """Hold the tokens of a folder to the rules in its manifest's field `lint`: names, use, descriptions, contrast.

    Needs no server; without the field nothing is held. Ends with status 1 where a rule of severity `error` is broken.
    """
    asked = given(inputs or [], theme)
    with failures():
        checkout = open_checkout(path)
        rules, problems = chosen_rules(checkout.source(MANIFEST_PATH))
        problems += [fault for fault in checkout.manifest_problems if fault.code == codes.MANIFEST_SEVERITY]
        if not errors_of(problems):
            problems = checkout.judged(_found(checkout, rules, asked, resolver))
    errors = len(errors_of(problems))
    if as_json:
        told = [problem.as_dict() for problem in problems]
        print_json({"valid": not errors, "rules": [each.rule.name for each in rules], "problems": told})
    else:
        for problem in problems:
            print_plain(line_of(problem))
        if rules or problems:
            note(f"{counted(errors, 'error')}, {counted(len(problems) - errors, 'warning')}")
        else:
            note(f"no rules are chosen; {MANIFEST_PATH} does so in its field lint: {', '.join(RULES)}")
    if errors:
        raise typer.Exit(1)


def _found(checkout: Checkout, rules: list[Configured], asked: dict[str, str], resolver: str | None) -> list[Problem]:
    if not asked and resolver is None:
        return lint_tokens(checkout.tokens, rules)
    document = resolver_of(checkout, resolver)
    if document is None:
        raise CommandFailed(f"{checkout.root} has no resolver that takes inputs")
    if faults := errors_of(document.problems) or choose(document, asked)[1]:
        raise CommandFailed(f"{document.path} has no such permutation", map(str, faults))
    resolution = resolve_with(document, asked)
    return [placed(problem, resolution) for problem in lint_tokens(resolution.tokens, rules)]
