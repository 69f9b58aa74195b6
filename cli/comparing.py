"""Compares two folders, or two revisions of a repository, as tokens and components."""

from __future__ import annotations

import io
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli import git
from cli.checkout import Checkout, open_checkout
from cli.errors import CommandFailed
from cli.output import note
from designsystem.compare.components import compare_components
from designsystem.compare.themes import Side, compare_themes, resolver_among
from designsystem.compare.tokens import compare_tokens
from designsystem.compatibility import Verdict, judge


def compared(old: Checkout, new: Checkout) -> Verdict:
    """Every change of tokens, of what shows in themes alone, and of components, as the newer one's policy rates it."""
    tokens = compare_tokens(old.tokens, new.tokens)
    themed = compare_themes(_side(old), _side(new), tokens)
    if themed.compared and themed.compared < themed.permutations - 1:
        note(f"{themed.compared:,} of {themed.permutations:,} permutations of the resolver were compared")
    return judge([*tokens, *themed.changes, *compare_components(old.components, new.components)], new.policy)


def compared_revisions(folder: Path, older: str, newer: str) -> Verdict:
    """The same of two revisions of the repository that a folder is in; an empty ``newer`` is the folder as it lies."""
    with revision(folder, older) as old:
        if not newer:
            return compared(old, open_checkout(folder))
        with revision(folder, newer) as new:
            return compared(old, new)


@contextmanager
def revision(folder: Path, name: str) -> Iterator[Checkout]:
    """The files of a revision, in a folder that goes when it is not needed any more."""
    commit = git.ask(["rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"], cwd=folder)
    if not commit:
        raise CommandFailed(f"there is no revision {name} here" if folder == Path.cwd() else f"no {name} in {folder}")
    archive = git.run(["archive", "--format=tar", commit], cwd=folder)
    with tempfile.TemporaryDirectory(prefix="xds-") as place, tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        root = Path(place)
        for member in tar:
            if member.isfile():
                target = root / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
                content = tar.extractfile(member)
                target.write_bytes(content.read() if content is not None else b"")
        yield open_checkout(root)


def _side(checkout: Checkout) -> Side:
    named = checkout.manifest.resolver
    chosen = resolver_among(named, checkout.resolvers)
    return Side(checkout.tokens, chosen, checkout.source, chosen is not None and checkout.tokens.order is not None)
