"""Proposals: branches that somebody asks to have merged; opened, edited, reviewed, closed and opened again."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from gitstore.errors import InvalidRefName
from gitstore.refs import check_ref_name, read_ref
from index import insiders, proposals
from index.paging import Page
from index.proposals import ProposalRecord, ReviewRecord, Somebody
from index.systems import SystemRecord
from index.values import clean
from services import audit
from services.access import Standing, readable, writer_standing
from services.audit import Act
from services.boundary import git_errors
from services.changes import announce, locked
from services.context import Context
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.events import Event
from services.following import event_of
from services.identity import person_of
from services.landing import BRANCHES, Landed, Landing, land
from services.policy import Actor
from services.reviews import Verdict, is_their_change

State = Literal["open", "merged", "closed"]

MAX_TITLE = 200
MAX_TEXT = 20_000
MOST_OPEN = 1000
"""Open proposals of one design system."""

MOST_REVIEWS = 1000
"""Reviews of one proposal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProposal:
    """What is to be merged into what (None: into the default branch), and why; a draft cannot be merged yet."""

    title: str
    source: str
    target: str | None = None
    description: str = ""
    draft: bool = False


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal with the people in it."""

    proposal: ProposalRecord
    author: Somebody | None
    ended_by: Somebody | None


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review with who gave it."""

    review: ReviewRecord
    reviewer: Somebody | None


async def list_proposals(
    context: Context,
    actor: Actor,
    system_id: UUID,
    *,
    state: State | None,
    author: UUID | None,
    source: str | None,
    target: str | None,
    limit: int,
    cursor: str | None,
) -> Page[ProposalView]:
    """Proposals, the newest first."""
    await readable(context, actor, system_id)
    async with context.reads.connect() as db:
        found = await proposals.page(
            db, system_id, state=state, author=author, source=source, target=target, limit=limit, cursor=cursor
        )
        return Page(await with_people(db, found.items), found.next_cursor)


async def list_reviews(
    context: Context, actor: Actor, system_id: UUID, number: int, *, limit: int, cursor: str | None
) -> Page[ReviewView]:
    """Everything that was said of a proposal, in its order."""
    await readable(context, actor, system_id)
    async with context.reads.connect() as db:
        found = await proposals.review_page(db, await found_one(db, system_id, number), limit=limit, cursor=cursor)
        people = await proposals.people(db, [each.reviewer_id for each in found.items])
        return Page([ReviewView(each, people.get(each.reviewer_id)) for each in found.items], found.next_cursor)


async def open_proposal(context: Context, actor: Actor, system_id: UUID, wanted: NewProposal) -> ProposalView:
    """Ask for a branch to be merged. Conflict where that is asked already, NotFound where a branch is not there."""
    title, description = check_title(wanted.title), check_text("description", wanted.description)
    names = {check_branch("source", wanted.source)}
    if wanted.target is not None:
        names.add(check_branch("target", wanted.target))
    async with writing(context, actor, system_id, names) as work:
        target = wanted.target or work.system.default_branch
        if target == wanted.source:
            raise InvalidInput.of("target", "same-branch", "A branch cannot be merged into itself.")
        commit, _ = await work.tips(wanted.source, target)
        await work.require_alone(wanted.source, target)
        if await proposals.count_open(work.db, system_id) >= MOST_OPEN:
            raise Conflict(f"There are {MOST_OPEN:,} open proposals already; close some.")
        moved_by = await proposals.who_brought(work.db, system_id, commit)
        made = await proposals.add(
            work.db,
            system_id,
            title=title,
            description=description,
            source=wanted.source,
            target=target,
            draft=wanted.draft,
            source_commit=commit,
            created_by=actor.user_id,
            moved_by=moved_by,
            created_at=context.clock(),
            updated_at=context.clock(),
        )
        return await work.told(made, event_of(made, "opened", commit=commit))


async def edit_proposal(
    context: Context,
    actor: Actor,
    system_id: UUID,
    number: int,
    *,
    title: str | None = None,
    description: str | None = None,
    draft: bool | None = None,
) -> ProposalView:
    """Change what a proposal says, or whether it is a draft; None leaves it."""
    wanted = {
        "title": check_title(title) if title is not None else None,
        "description": check_text("description", description) if description is not None else None,
        "draft": draft,
    }
    async with writing(context, actor, system_id) as work:
        proposal = await found_one(work.db, system_id, number)
        if draft is not None and draft != proposal.draft:
            require_open(proposal)
        changes = {name: value for name, value in wanted.items() if value not in (None, getattr(proposal, name))}
        if not changes:
            return await work.view(proposal)
        after = await proposals.change(work.db, proposal, **changes, updated_at=context.clock())
        return await work.told(after, event_of(after, "updated", changes=sorted(changes)))


async def close_proposal(context: Context, actor: Actor, system_id: UUID, number: int) -> ProposalView:
    """Close a proposal without merging it; one that is closed already stays so."""
    async with writing(context, actor, system_id) as work:
        proposal = await found_one(work.db, system_id, number)
        if proposal.state == "closed":
            return await work.view(proposal)
        require_open(proposal)
        now = context.clock()
        ended = {"ended_by": actor.user_id, "ended_at": now, "updated_at": now}
        after = await proposals.change(work.db, proposal, state="closed", closed_because="closed", **ended)
        return await work.told(after, event_of(after, "closed", because="closed"))


async def reopen_proposal(context: Context, actor: Actor, system_id: UUID, number: int) -> ProposalView:
    """Open a closed proposal again, with whatever its source holds now; one that is open stays so."""
    async with context.reads.connect() as db:
        await writer_standing(db, actor, system_id)
        known = await found_one(db, system_id, number)
    async with writing(context, actor, system_id, {known.source, known.target}) as work:
        proposal = await found_one(work.db, system_id, number)
        if proposal.state == "open":
            return await work.view(proposal)
        if proposal.state == "merged":
            raise Conflict("It was merged; open another proposal for what is new.")
        commit, _ = await work.tips(proposal.source, proposal.target)
        await work.require_alone(proposal.source, proposal.target)
        values: dict[str, Any] = {"state": "open", "closed_because": None, "ended_by": None, "ended_at": None}
        if commit != proposal.source_commit:
            # where the log does not tell, whoever opens it again: nobody shall get to approve their own by that
            moved_by = await proposals.who_brought(work.db, system_id, commit) or actor.user_id
            values |= {"source_commit": commit, "moved_by": moved_by}
        after = await proposals.change(work.db, proposal, **values, updated_at=context.clock())
        return await work.told(after, event_of(after, "reopened", commit=commit))


async def review_proposal(
    context: Context, actor: Actor, system_id: UUID, number: int, *, verdict: Verdict, commit: str, body: str = ""
) -> ReviewView:
    """Say something of a proposal as it stands at ``commit``; an approval counts for that commit alone.

    Forbidden for one's own change (a comment is not), Conflict where the source stands elsewhere by now.
    """
    text = check_text("body", body)
    if verdict == "comment" and not text.strip():
        raise InvalidInput.of("body", "empty", "A comment says something.")
    async with context.reads.connect() as db:
        await writer_standing(db, actor, system_id)
        known = await found_one(db, system_id, number)
    async with writing(context, actor, system_id, {known.source, known.target}) as work:
        proposal = await found_one(work.db, system_id, number)
        require_open(proposal)
        if verdict != "comment":
            await _require_judge(work, proposal)
        if commit != proposal.source_commit:
            message = f"{proposal.source} stands at another commit than the one you looked at; look again."
            raise Conflict(message, commit=proposal.source_commit)
        if await proposals.count_reviews(work.db, proposal) >= MOST_REVIEWS:
            raise Conflict(f"There are {MOST_REVIEWS:,} reviews already; open another proposal.")
        said = {"verdict": verdict, "commit": commit, "body": text}
        now = context.clock()
        made = await proposals.add_review(work.db, proposal, reviewer_id=actor.user_id, created_at=now, **said)
        after = await proposals.change(work.db, proposal, updated_at=now)
        if verdict == "approve":
            await work.audited(Act.PROPOSAL_APPROVED, after, commit=commit)
        await work.told(after, event_of(after, "reviewed", verdict=verdict, commit=commit))
        return ReviewView(made, (await proposals.people(work.db, [made.reviewer_id])).get(made.reviewer_id))


async def _require_judge(work: Writing, proposal: ProposalRecord) -> None:
    """Approving, and asking for changes, is for a person who may write here and whose change it is not."""
    user_id = work.standing.actor.user_id
    if user_id is None or not await insiders.writers_among(work.db, work.system, [user_id]):
        raise Forbidden("Whoever reviews must be able to write here themselves, not by a key alone.")
    if is_their_change(proposal, user_id):
        raise Forbidden("Nobody reviews their own change: you opened this proposal, or its last commits came from you.")


@dataclass
class Writing:
    """A change of proposals in progress, under the system's lock; what it told is broadcast at its end."""

    context: Context
    db: AsyncConnection
    standing: Standing
    landed: Landed | None = None

    @property
    def system(self) -> SystemRecord:
        """The system as it stands under the lock."""
        return self.standing.system

    async def tips(self, source: str, target: str) -> tuple[str, str]:
        """Where two branches stand; NotFound where one is not there."""
        found = await asyncio.to_thread(self._tips, source, target)
        for name, commit in zip((source, target), found, strict=True):
            if commit is None:
                raise NotFound(f"There is no branch {name!r}.")
        return str(found[0]), str(found[1])

    def _tips(self, *names: str) -> list[str | None]:
        with self.context.store.open(self.system.id) as repo:
            return [read_ref(repo, BRANCHES + name) for name in names]

    async def require_alone(self, source: str, target: str) -> None:
        """Return where no other open proposal is about the same two branches."""
        other = await proposals.open_between(self.db, self.system.id, source, target)
        if other is not None:
            raise Conflict(f"Proposal {other.number} asks for {source} to be merged into {target} already.")

    async def told(self, proposal: ProposalRecord, event: Event) -> ProposalView:
        """Log what was done; the proposal as others see it now."""
        actor = self.standing.actor
        landing = Landing(updates=(), user_id=actor.user_id, who=person_of(actor), via="rest", told=(event,))
        self.landed = await land(self.context, self.db, self.system, landing, move_refs=False)
        return await self.view(proposal)

    async def view(self, proposal: ProposalRecord) -> ProposalView:
        """The proposal as others see it."""
        return (await with_people(self.db, [proposal]))[0]

    async def audited(self, act: Act, proposal: ProposalRecord, **details: Any) -> None:
        """Write down a security-relevant act about a proposal."""
        await audit.record(
            self.db,
            self.context.clock(),
            self.standing.actor,
            act,
            team_id=self.system.team_id,
            system_id=self.system.id,
            subject=("proposal", proposal.id),
            number=proposal.number,
            target=proposal.target,
            **details,
        )


@asynccontextmanager
async def writing(
    context: Context, actor: Actor, system_id: UUID, branches: Collection[str] = ()
) -> AsyncIterator[Writing]:
    """A transaction under the system's lock, these branches level with git, for somebody who may write."""
    async with context.reads.connect() as db:  # before the queue: who may not write must not make others wait
        await writer_standing(db, actor, system_id)
    with git_errors():
        async with context.turns.of(system_id), context.engine.begin() as db:
            system = await locked(context, db, system_id, [BRANCHES + name for name in sorted(branches)])
            standing = replace(await writer_standing(db, actor, system_id), system=system)
            work = Writing(context, db, standing)
            yield work
        if work.landed is not None:
            await announce(context, work.landed)


async def found_one(db: AsyncConnection, system_id: UUID, number: int) -> ProposalRecord:
    """The proposal of that number; raises NotFound."""
    found = await proposals.get(db, system_id, number)
    if found is None:
        raise NotFound("There is no such proposal.")
    return found


async def with_people(db: AsyncConnection, found: Collection[ProposalRecord]) -> list[ProposalView]:
    """Proposals with the people in them, in one query for all."""
    people = await proposals.people(db, [user for each in found for user in (each.created_by, each.ended_by)])
    return [ProposalView(each, people.get(each.created_by), people.get(each.ended_by)) for each in found]


def require_open(proposal: ProposalRecord) -> None:
    """Return if it is open; raises Conflict."""
    if proposal.state != "open":
        raise Conflict(f"Proposal {proposal.number} is {proposal.state}.")


def check_title(title: str) -> str:
    """A title in one line; raises InvalidInput."""
    tidy = " ".join(title.split())
    if not 1 <= len(tidy) <= MAX_TITLE or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in tidy):
        raise InvalidInput.of("title", "bad-title", f"Use 1 to {MAX_TITLE} characters in one line.")
    return tidy


def check_text(field: str, text: str) -> str:
    """A text of some length; raises InvalidInput."""
    if len(text) > MAX_TEXT or clean(text) != text:
        raise InvalidInput.of(field, "bad-text", f"Use up to {MAX_TEXT:,} characters of text.")
    return text


def check_branch(field: str, name: str) -> str:
    """The name of a branch; raises InvalidInput that says which of the two was meant."""
    try:
        return check_ref_name(BRANCHES + name).removeprefix(BRANCHES)
    except InvalidRefName as error:
        raise InvalidInput.of(field, "bad-branch", str(error)) from error
