"""Comparisons: what one revision has that another has not, in the language of tokens and components."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

import pygit2

from designsystem.compare.change import Change
from designsystem.compare.components import compare_components
from designsystem.compare.themes import Side, Themed, compare_themes, resolver_among
from designsystem.compare.tokens import compare_tokens
from designsystem.compatibility import Verdict, judge
from designsystem.components.component import Component
from gitstore import trees
from gitstore.history import ahead_behind, merge_base
from index import snapshots
from index.contents import all_directories, component_at, touched_directories
from index.fold import identity_of
from index.snapshots import Snapshot, reader
from index.systems import SystemRecord
from services.access import readable
from services.boundary import git_errors
from services.compatibility import policy_at
from services.context import Context
from services.errors import NotFound
from services.policy import Actor
from services.revisions import Revision, revision_at


@dataclass(frozen=True, slots=True)
class Comparison:
    """From ``base`` to ``head`` (commits): what changed since they parted, at ``since``; unrelated histories have no
    such commit and are compared as they are. ``ahead`` commits only the head has, ``behind`` only the base.

    ``verdict`` holds the changes, rated by the head's policy, and what they ask of a version. Of the ``permutations``
    of the resolver that both states have, ``compared`` ones were looked at.
    """

    base: Revision
    head: Revision
    since: str | None
    ahead: int
    behind: int
    verdict: Verdict
    compared: int = 0
    permutations: int = 0

    @property
    def changes(self) -> tuple[Change, ...]:
        """Tokens by path, what shows in themes alone, then components by folder."""
        return self.verdict.changes


async def compare(context: Context, actor: Actor, system_id: UUID, base: str, head: str) -> Comparison:
    """What merging ``head`` into ``base`` would bring (three dots, as git has it).

    Costs what differs. Raises NotFound where one of the two is no branch, tag or commit, or holds nothing yet.
    """
    system = await readable(context, actor, system_id)
    ends = [await revision_at(context, system, ref) for ref in (base, head)]
    with git_errors():
        return await asyncio.to_thread(_compare, context, system, ends[0], ends[1])


def _compare(context: Context, system: SystemRecord, base: Revision, head: Revision) -> Comparison:
    if base.commit is None or head.commit is None:
        raise NotFound("Nothing was committed to this design system yet.")
    with context.store.open(system.id) as repo:
        since = merge_base(repo, base.commit, head.commit)
        ahead, behind = ahead_behind(repo, head.commit, base.commit)
        old, new = (
            context.snapshots.at(repo, system.id, trees.tree_of(repo, commit))
            for commit in (since or base.commit, head.commit)
        )
        verdict, themed = _judged(repo, system.id, old, new)
        return Comparison(base, head, since, ahead, behind, verdict, themed.compared, themed.permutations)


def changes_between(repo: pygit2.Repository, system_id: UUID, old: Snapshot, new: Snapshot) -> list[Change]:
    """Every change from one state to the other: tokens, what shows in themes alone, and components; rated by the policy
    of the newer state."""
    return list(_judged(repo, system_id, old, new)[0].changes)


def _judged(repo: pygit2.Repository, system_id: UUID, old: Snapshot, new: Snapshot) -> tuple[Verdict, Themed]:
    if old.tree == new.tree:
        return judge(()), Themed()
    tokens = compare_tokens(old.tokens, new.tokens, ids=_moved(system_id, old, new))
    themed = compare_themes(_side(repo, old), _side(repo, new), tokens)
    components = compare_components(*_components(repo, old, new))
    return judge([*tokens, *themed.changes, *components], policy_at(repo, new.tree)), themed


def _side(repo: pygit2.Repository, snapshot: Snapshot) -> Side:
    """A state as its themes are compared."""
    named = snapshot.manifest.resolver
    chosen = resolver_among(named, snapshot.resolvers)
    is_own = chosen is not None and chosen == named and snapshot.tokens.order is not None
    return Side(snapshot.tokens, chosen, reader(repo, snapshot.tree), is_own)


def _moved(system_id: UUID, old: Snapshot, new: Snapshot) -> dict[str, str]:
    """Where the tokens that carry an id now are, by the paths that they had: a rename through the API writes one."""
    ids = new.tokens.explicit_ids
    touched = [path for path in new.tokens.changed_paths(old.tokens) if path in old.tokens.tokens] if ids else []
    identities = {path: identity_of(system_id, old.tokens, path) for path in touched}
    return {path: ids[each] for path, each in identities.items() if each in ids and ids[each] != path}


def _components(repo: pygit2.Repository, old: Snapshot, new: Snapshot) -> tuple[list[Component], list[Component]]:
    """The components of the folders that differ on both sides; all of them where their place was defined anew."""
    changes = snapshots.differing(repo, old.tree, new.tree)
    if old.manifest.components == new.manifest.components:
        folders = [touched_directories(new.manifest, changes)] * 2
    else:
        folders = [all_directories(repo, side.tree, side.manifest) for side in (old, new)]
    return _read(repo, old.tree, folders[0]), _read(repo, new.tree, folders[1])


def _read(repo: pygit2.Repository, tree: str | None, directories: list[str]) -> list[Component]:
    found = (component_at(repo, tree, directory)[0] for directory in directories)
    return [component for component in found if component is not None]
