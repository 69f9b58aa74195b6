"""What is wrong with a resolver of a design system: its shape, its references, and the permutations that it has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from designsystem.manifest import Manifest
from designsystem.problem import Problem, errors_of
from designsystem.resolver.document import ResolverDocument, parse_resolver
from designsystem.resolver.layout import Layout, faults, layout_of, missing
from designsystem.resolver.references import Read
from designsystem.resolver.resolution import resolve

MOST_CONTEXTS = 32
MOST_JUDGED = 32 * 1024 * 1024
"""How many contexts of one resolver are judged at once, and how many characters of flattened tokens: each context costs
what all its tokens cost."""


def judge_resolver(path: str, read: Read, manifest: Manifest, changed: Collection[str] | None = None) -> list[Problem]:
    """Every problem of one resolver file; with ``changed`` of the contexts only those that a changed file is in.

    Of the resolver that the manifest names the default permutation is the system's token set, which is judged as such.
    Contexts are judged one at a time with all other modifiers at their defaults, the first ``MOST_CONTEXTS`` of them.
    """
    source = read(path)
    if source is None:
        return [missing(manifest)] if path == manifest.resolver else []
    document = parse_resolver(path, source, read)
    problems = list(document.problems)
    if errors_of(problems):
        return problems
    if path == manifest.resolver:
        problems += faults(document, manifest)
    elif _has_default(document):
        problems += errors_of(manifest.judged(resolve(document, {}).problems))
    if _has_default(document) and not errors_of(problems):
        problems += _of_contexts(document, manifest, _contexts(layout_of(path, source), changed))
    return list(dict.fromkeys(problems))


def unsaid(found: Iterable[Problem], told: Iterable[Problem]) -> list[Problem]:
    """The problems that were not told yet: one of a file is met again, less exactly placed, in permutations with it."""
    known = {_said(problem) for problem in told}
    return [problem for problem in dict.fromkeys(found) if _said(problem) not in known]


def _said(problem: Problem) -> tuple[str, str, str, str]:
    return problem.code, problem.path, problem.subject, problem.message


def _has_default(document: ResolverDocument) -> bool:
    return all(modifier.default is not None for modifier in document.takes.values())


def _contexts(layout: Layout, changed: Collection[str] | None) -> list[tuple[str, str]]:
    if changed is None:
        return list(layout.contexts)
    return [asked for asked, files in layout.contexts.items() if not files.isdisjoint(changed)]


def _of_contexts(
    document: ResolverDocument, manifest: Manifest, contexts: Sequence[tuple[str, str]]
) -> Iterator[Problem]:
    """The errors of permutations with one context that is no default; warnings are told of the files themselves."""
    left = MOST_JUDGED
    for modifier, context in contexts[:MOST_CONTEXTS]:
        if left > 0:
            resolution = resolve(document, {modifier: context})
            left -= sum(len(each.source) for each in resolution.tokens.documents.values())
            yield from errors_of(manifest.judged(resolution.problems))
