"""Following: what the moves of branches make of the open proposals between them, however the moves came in."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

import pygit2
from sqlalchemy.ext.asyncio import AsyncConnection

from gitstore.commits import parents_of
from gitstore.errors import GitStoreError
from gitstore.refs import RefUpdate
from index import proposals
from index.proposals import ProposalRecord
from services.context import Context
from services.events import Event

BRANCHES = "refs/heads/"

MOST_COMMITS = 50_000
"""Commits of one move that are looked through for what it merged; a push brings more only where it brings a history."""


@dataclass(frozen=True, slots=True)
class Moves:
    """The branches that one landing moves, by their names without ``refs/heads/``."""

    updates: Mapping[str, RefUpdate]

    @classmethod
    def of(cls, updates: Iterable[RefUpdate]) -> Moves:
        """Those of a landing's updates that are branches."""
        found = {each.name.removeprefix(BRANCHES): each for each in updates if each.name.startswith(BRANCHES)}
        return cls({name: each for name, each in found.items() if each.old != each.new})

    def renamed(self) -> dict[str, str]:
        """What was called otherwise, by its old name: at a commit where exactly one branch went exactly one came."""
        went, came = defaultdict[str | None, list[str]](list), defaultdict[str | None, list[str]](list)
        for name, update in self.updates.items():
            if update.new is None:
                went[update.old].append(name)
            elif update.old is None:
                came[update.new].append(name)
        return {names[0]: came[at][0] for at, names in went.items() if len(names) == len(came[at]) == 1}


async def follow(
    context: Context,
    db: AsyncConnection,
    system_id: UUID,
    updates: Sequence[RefUpdate],
    *,
    user_id: UUID | None,
    now: datetime,
) -> list[Event]:
    """Write down what becomes of the open proposals that branches about to move belong to, and tell it.

    A source's new commits are the proposal's; a target that comes to contain the source merges it, by whatever way;
    a branch that goes closes it, unless the same landing brings it back under another name. Part of the landing: under
    the system's lock, before the refs move. Costs what the moves bring, and one query where nothing is open.
    """
    moves = Moves.of(updates)
    found = await proposals.touching(db, system_id, moves.updates)
    if not found:
        return []
    renamed = moves.renamed()
    for old, new in renamed.items():
        await proposals.rename_branch(db, system_id, old, new)
    merged = await asyncio.to_thread(_merged, context, system_id, moves, found)
    told = []
    for proposal in found:
        values = _becomes(proposal, moves, merged, renamed, user_id)
        if values:
            ended = {"ended_at": now} if "state" in values else {}
            after = await proposals.change(db, proposal, updated_at=now, **values, **ended)
            told.append(_told(after, values))
    return told


def _becomes(
    proposal: ProposalRecord, moves: Moves, merged: set[int], renamed: Mapping[str, str], user_id: UUID | None
) -> dict[str, Any]:
    """What of a proposal is different after the moves."""
    source, target = moves.updates.get(proposal.source), moves.updates.get(proposal.target)
    values: dict[str, Any] = {}
    if source is not None and source.new is not None and source.new != proposal.source_commit:
        values = {"source_commit": source.new, "moved_by": user_id}
    if proposal.number in merged:
        at = {"target_commit": target.old, "merge_commit": target.new} if target is not None else {}
        return {**values, **at, "state": "merged", "ended_by": user_id}
    for branch, update, why in ((proposal.source, source, "source"), (proposal.target, target, "target")):
        if update is not None and update.new is None and branch not in renamed:
            return {**values, "state": "closed", "closed_because": f"{why}-deleted", "ended_by": user_id}
    return values


def _told(proposal: ProposalRecord, values: Mapping[str, Any]) -> Event:
    if "state" in values:
        return event_of(proposal, proposal.state, commit=proposal.merge_commit, because=proposal.closed_because)
    return event_of(proposal, "updated", commit=proposal.source_commit)


def event_of(proposal: ProposalRecord, verb: str, **details: Any) -> Event:
    """One fact about a proposal; details that are None are left out."""
    stated = {"number": proposal.number, "title": proposal.title, "source": proposal.source, "target": proposal.target}
    known = {name: value for name, value in details.items() if value is not None}
    return Event(f"proposal.{verb}", "proposal", proposal.id, {**stated, **known})


def _merged(context: Context, system_id: UUID, moves: Moves, found: Sequence[ProposalRecord]) -> set[int]:
    """The numbers of the proposals whose source the target contains once the branches have moved."""
    merged, brought = set(), dict[str, set[str]]()
    with context.store.open(system_id) as repo:
        for each in found:
            # a hand may have taken commits away: that must not keep the index from being levelled with what is left
            with suppress(GitStoreError, pygit2.GitError, KeyError, ValueError):
                if _is_merged(repo, moves, each, brought):
                    merged.add(each.number)
    return merged


def _is_merged(repo: pygit2.Repository, moves: Moves, proposal: ProposalRecord, brought: dict[str, set[str]]) -> bool:
    source, target = moves.updates.get(proposal.source), moves.updates.get(proposal.target)
    if target is None or target.old is None or target.new is None:
        return False
    if proposal.target not in brought:
        brought[proposal.target] = set(_brought(repo, target.old, target.new))
    tip = source.new if source is not None and source.new is not None else proposal.source_commit
    return tip in brought[proposal.target]


def _brought(repo: pygit2.Repository, old: str, new: str) -> Iterator[str]:
    """The commits that a branch did not contain and now does."""
    if parents_of(repo, new) == (old,):
        yield new
        return
    walk = repo.walk(new)
    walk.hide(old)
    yield from (str(commit.id) for commit in islice(walk, MOST_COMMITS))
