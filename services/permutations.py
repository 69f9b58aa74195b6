"""Permutations: which tokens a reader asks for by theme, or any other modifier of a design system's resolver."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from designsystem import codes
from designsystem.exporters.themes import Themes, themed
from designsystem.problem import Problem, errors_of
from designsystem.resolver.document import ResolverDocument
from designsystem.resolver.resolution import Resolution, choose
from index.permutations import Inputs
from index.snapshots import Snapshot
from services.boundary import git_errors
from services.context import Context
from services.errors import InvalidInput
from services.revisions import Revision, snapshot_at


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asks for: contexts by modifier, each as it was written, of a resolver (None: the system's own)."""

    inputs: tuple[tuple[str, str], ...] = ()
    resolver: str | None = None

    def __bool__(self) -> bool:
        """Whether anything but the system's own tokens is asked for."""
        return bool(self.inputs) or self.resolver is not None


NOTHING = Asked()
MOST_THEMES = 64
"""Blocks of themes in one export: each is a permutation to work out."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A permutation that exists: the resolver's path and the context of each of its modifiers."""

    resolver: str
    inputs: Inputs

    def among(self, asked: Asked) -> Inputs:
        """Those inputs that the reader stated."""
        stated = {name.lower() for name, _ in asked.inputs}
        return tuple((name, value) for name, value in self.inputs if name.lower() in stated)


async def chosen(context: Context, revision: Revision, asked: Asked, *, always: bool = False) -> Choice | None:
    """The permutation that is asked for; None where it is the system's own tokens, unless one is wanted ``always``.

    Raises InvalidInput with every fault: unknown modifiers and contexts, missing ones, a resolver that cannot be used.
    """
    if not asked and not always:
        return None
    snapshot = await snapshot_at(context, revision)
    path = _resolver(snapshot, asked)
    document = await asyncio.to_thread(_document, context, revision, snapshot, path)
    if faults := errors_of(document.problems):
        raise InvalidInput(faults)
    inputs, problems = choose(document, dict(asked.inputs))
    problems += _repeated(asked.inputs, path)
    if problems:
        raise InvalidInput(problems)
    return Choice(path, tuple(inputs.items()))


async def resolution_at(context: Context, revision: Revision, choice: Choice) -> Resolution:
    """The tokens of a permutation at a revision; worked out at the first question and looked up after that."""
    snapshot = await snapshot_at(context, revision)
    return await asyncio.to_thread(_resolution, context, revision, snapshot, choice)


async def themes_at(context: Context, revision: Revision, choice: Choice, fixed: Inputs) -> Themes:
    """Every theme beside the default of a resolver, the ``fixed`` modifiers standing still; raises InvalidInput."""
    snapshot = await snapshot_at(context, revision)
    document = await asyncio.to_thread(_document, context, revision, snapshot, choice.resolver)
    stated = {name for name, _ in fixed}
    varying = sum(len(each.contexts) for name, each in document.modifiers.items() if name not in stated)
    if varying > MOST_THEMES:
        message = f"There are {varying} contexts, at most {MOST_THEMES} go side by side; state some modifiers."
        raise InvalidInput.of("themes", "too-many-themes", message)
    found = await asyncio.to_thread(themed, document, dict(fixed), most=MOST_THEMES)
    if faults := errors_of(found.base.problems):
        raise InvalidInput(faults)
    return found


def _resolver(snapshot: Snapshot, asked: Asked) -> str:
    known = snapshot.resolvers
    path = asked.resolver or snapshot.manifest.resolver
    if path in known:
        return path
    names = ", ".join(known)
    if path:
        message = f"There is no resolver {path[:200]}; there is {names or 'none'}."
        raise InvalidInput.of("resolver", "unknown-resolver", message)
    if len(known) == 1:
        return known[0]
    if known:
        message = f"There are several resolvers ({names}); say which, or name one in the manifest."
        raise InvalidInput.of("resolver", "ambiguous-resolver", message)
    if not asked.inputs:
        raise InvalidInput.of(
            "themes", "no-resolver", "The design system has no resolver at this ref, and so no themes."
        )
    message = "there is no such modifier: the design system has no resolver at this ref"
    raise InvalidInput([Problem(codes.RESOLVER_INPUT, message, subject=name[:80]) for name, _ in asked.inputs])


def _repeated(inputs: Sequence[tuple[str, str]], path: str) -> list[Problem]:
    """The very same name twice, which a mapping would swallow; the resolver itself tells those in other letters."""
    names = [name for name, _ in inputs]
    twice = dict.fromkeys(name for name in names if names.count(name) > 1)
    return [Problem(codes.RESOLVER_INPUT, f'"{name[:80]}" is given more than once', path) for name in twice]


def _document(context: Context, revision: Revision, snapshot: Snapshot, path: str) -> ResolverDocument:
    with git_errors(), context.store.open(revision.system.id) as repo:
        return context.permutations.document(repo, revision.system.id, snapshot.tree or "", path)


def _resolution(context: Context, revision: Revision, snapshot: Snapshot, choice: Choice) -> Resolution:
    with git_errors(), context.store.open(revision.system.id) as repo:
        return context.permutations.at(repo, revision.system.id, snapshot.tree or "", choice.resolver, choice.inputs)
