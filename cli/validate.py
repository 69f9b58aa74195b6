"""`xds validate`: says of a folder what the server would say of a push of it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.checkout import Checkout, open_checkout
from cli.errors import CommandFailed
from cli.inputs import InputsOption, ResolverOption, ThemeOption, given, resolver_of
from cli.output import AsJson, failures, note, print_json, print_plain
from designsystem.problem import Problem, errors_of
from designsystem.resolver.judging import unsaid
from designsystem.resolver.resolution import resolve


class ReportFormat(StrEnum):
    """How problems are written."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def validate(
    path: Annotated[Path, typer.Argument(help="Folder of a design system.", show_default=False)] = Path(),
    report: Annotated[
        ReportFormat, typer.Option("--format", "-f", help="`github` writes annotations for GitHub Actions.")
    ] = ReportFormat.TEXT,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse draft syntax, as a manifest with `strict: true` does.")
    ] = False,
    theme: ThemeOption = None,
    inputs: InputsOption = None,
    resolver: ResolverOption = None,
    as_json: AsJson = False,
) -> None:
    """Check the tokens, components, resolvers and manifest of a folder with the server's own rules.

    With --theme, --input or --resolver also one permutation of its resolver.

    Needs no server. Ends with status 1 when there are errors; warnings alone end with 0.
    """
    asked = given(inputs or [], theme)
    with failures():
        checkout = open_checkout(path)
        problems = checkout.problems(strict=strict)
        if asked or resolver:
            found = checkout.judged(_of_permutation(checkout, asked, resolver), strict=strict)
            problems += unsaid(found, problems)
    if as_json or report is ReportFormat.JSON:
        _report_json(problems)
    elif report is ReportFormat.GITHUB:
        for problem in problems:
            print_plain(annotation(problem, checkout.root))
    else:
        for problem in problems:
            print_plain(line_of(problem))
    if not as_json and report is not ReportFormat.JSON:
        note(summary(checkout, problems))
    if errors_of(problems):
        raise typer.Exit(1)


def _of_permutation(checkout: Checkout, inputs: Mapping[str, str], resolver: str | None) -> Sequence[Problem]:
    document = resolver_of(checkout, resolver)
    if document is None:
        raise CommandFailed(f"{checkout.root} has no resolver that takes inputs")
    return resolve(document, inputs).problems


def line_of(problem: Problem) -> str:
    """The line that a refused push shows, with severity and code after it."""
    return f"{problem}  [{problem.severity} {problem.code}]"


def annotation(problem: Problem, root: Path) -> str:
    """A workflow command of GitHub Actions; its file is relative to the workspace, or to the working directory."""
    workspace = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()).resolve()
    properties = {"file": Path(os.path.relpath(root / problem.path, workspace)).as_posix() if problem.path else ""}
    if problem.line:
        properties |= {"line": str(problem.line), "col": str(problem.column)}
    properties["title"] = problem.code
    written = ",".join(f"{name}={_escape_property(value)}" for name, value in properties.items() if value)
    message = f"{problem.subject}: {problem.message}" if problem.subject else problem.message
    return f"::{problem.severity} {written}::{_escape_data(message)}"


def _escape_data(text: str) -> str:
    """As the runner's toolkit escapes a message (actions/toolkit, core/src/command.ts)."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")


def summary(checkout: Checkout, problems: Sequence[Problem]) -> str:
    """How it went, in one line."""
    found = len(errors_of(problems))
    counts = [counted(found, "error"), counted(len(problems) - found, "warning")]
    if found:
        return ", ".join(counts)
    if not checkout.tokens.documents and not checkout.components:
        return f"no tokens and no components found in {checkout.root}"
    tokens, files = len(checkout.tokens.tokens), len(checkout.tokens.documents)
    what = f"{counted(tokens, 'token')} in {counted(files, 'file')}, {counted(len(checkout.components), 'component')}"
    return f"{counts[1]}: {what}" if problems else f"no problems: {what}"


def counted(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _report_json(problems: Sequence[Problem]) -> None:
    found = len(errors_of(problems))
    print_json(
        {
            "valid": not found,
            "errors": found,
            "warnings": len(problems) - found,
            "problems": [problem.as_dict() for problem in problems],
        }
    )
