"""Judges written files by the letter of the format, as anybody who reads them next will."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from designsystem import codes
from designsystem.importers.drafts import Scenery
from designsystem.importers.writing import RESOLVER
from designsystem.problem import Problem, errors_of
from designsystem.resolver.document import parse_resolver
from designsystem.resolver.resolution import resolve
from designsystem.rules import by_the_format
from designsystem.tokens.document import parse_document
from designsystem.tokens.set import TokenSet


def judge(files: Mapping[str, bytes], sceneries: Sequence[Scenery]) -> Iterator[Problem]:
    """Every error of the files: of all as one set, or of each permutation where a resolver joins them."""
    if not sceneries or RESOLVER not in files:
        tokens = TokenSet.build(parse_document(path, data) for path, data in files.items())
        yield from errors_of(map(by_the_format, tokens.check()))
        return
    document = parse_resolver(RESOLVER, files[RESOLVER], files.get)
    told: set[tuple[str, str, str]] = set()
    for scenery in sceneries:
        inputs = {scenery.axis: scenery.context} if scenery.axis else {}
        for problem in errors_of(map(by_the_format, resolve(document, inputs).problems)):
            key = problem.path, problem.subject, problem.code
            if key not in told:
                told.add(key)
                yield _said_where(problem, scenery)


def _said_where(problem: Problem, scenery: Scenery) -> Problem:
    if problem.code != codes.UNKNOWN_ALIAS or not scenery.axis:
        return problem
    return replace(problem, message=f"{problem.message} (where {scenery.axis} is {scenery.context})")
