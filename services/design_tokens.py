"""Design tokens as clients use them: lists, reads at any ref, and edits that land as commits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from designsystem.problem import Problem
from designsystem.resolver.judging import unsaid
from designsystem.resolver.layout import is_resolver_of
from designsystem.tokens.document import parse_document
from designsystem.tokens.ids import ids
from designsystem.tokens.rereading import parse_edited
from designsystem.tokens.set import TokenSet
from gitstore.paths import check_path
from index import tokens as index
from index.paging import Page, decode, page_of, text
from index.snapshots import Snapshot, reader
from index.systems import SystemRecord
from services import changes, token_batches, token_edits
from services.access import readable
from services.boundary import git_errors
from services.changes import Change, Done
from services.context import Context
from services.drafts import Draft
from services.errors import NotFound
from services.permutations import NOTHING, Asked, chosen, resolution_at
from services.policy import Actor
from services.resolvers import judge_resolvers
from services.revisions import Revision, revision_at, snapshot_at, still_indexed
from services.token_batches import Operation
from services.token_edits import Target
from services.views import TokenView, indexed_token, read_token


@dataclass(frozen=True, slots=True)
class Filter:
    """Which tokens a list asks for; ``type`` is what an alias resolves to, ``q`` part of a path or description."""

    category: str | None = None
    type: str | None = None
    q: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where a write goes and why: a branch (None: the default one) and a commit message (None: one is made up)."""

    branch: str | None = None
    message: str | None = None

    def says(self, otherwise: str) -> str:
        """The message; where none was given, or only white space, the other one."""
        return self.message if self.message and self.message.strip("\0 \t\r\n") else otherwise


@dataclass(frozen=True, slots=True)
class TokenWritten:
    """A token as a write left it (None: deleted), and the commit that holds it."""

    commit: str | None
    changed: bool
    token: TokenView | None


@dataclass(frozen=True, slots=True)
class ResolvedTokens:
    """Type and plain value of every token by path; of a permutation its inputs, and what is wrong with it."""

    inputs: dict[str, str]
    tokens: dict[str, dict[str, Any]]
    problems: Sequence[Problem]


async def list_tokens(
    context: Context, actor: Actor, system_id: UUID, *, ref: str | None, wanted: Filter, limit: int, cursor: str | None
) -> tuple[Revision, Callable[[], Awaitable[Page[TokenView]]]]:
    """The revision a list is about, and how to read its page: a caller whose copy is current need not."""
    system = await readable(context, actor, system_id)
    revision = await revision_at(context, system, ref)

    async def page() -> Page[TokenView]:
        if revision.indexed:
            found = await _indexed_page(context, system_id, wanted, limit, cursor)
            if await still_indexed(context, revision):
                return found
        return await _read_page(context, revision, wanted, limit, cursor)

    return revision, page


async def get_token(
    context: Context, actor: Actor, system_id: UUID, token_id: UUID, *, ref: str | None = None
) -> tuple[Revision, TokenView]:
    """One token at a ref."""
    system = await readable(context, actor, system_id)
    revision = await revision_at(context, system, ref)
    return revision, await _token(context, revision, token_id)


async def usages(
    context: Context, actor: Actor, system_id: UUID, token_id: UUID, *, ref: str | None = None
) -> tuple[Revision, list[TokenView]]:
    """The tokens whose values refer to this one directly."""
    revision, token = await get_token(context, actor, system_id, token_id, ref=ref)
    snapshot = await snapshot_at(context, revision)
    return revision, await asyncio.to_thread(_usages, revision, snapshot.tokens, token.path)


async def resolved(
    context: Context, actor: Actor, system_id: UUID, *, ref: str | None = None, asked: Asked = NOTHING
) -> tuple[Revision, Callable[[], Awaitable[ResolvedTokens]]]:
    """The revision, and how to read every token's type and value with all aliases followed, by path.

    ``asked`` may ask for contexts of a resolver; raises InvalidInput where there are no such.
    """
    system = await readable(context, actor, system_id)
    revision = await revision_at(context, system, ref)
    choice = await chosen(context, revision, asked)

    async def read() -> ResolvedTokens:
        if choice is None:
            snapshot = await snapshot_at(context, revision)
            return ResolvedTokens({}, await asyncio.to_thread(_resolve_all, snapshot.tokens), ())
        found = await resolution_at(context, revision, choice)
        tokens = await asyncio.to_thread(_resolve_all, found.tokens)
        return ResolvedTokens(dict(choice.inputs), tokens, found.problems)

    return revision, read


async def validate_document(
    context: Context, actor: Actor, system_id: UUID, *, path: str, source: bytes, ref: str | None = None
) -> list[Problem]:
    """What a push of this token or resolver file would be told, against the files at a ref; changes nothing."""
    system = await readable(context, actor, system_id)
    with git_errors():
        check_path(path)
    snapshot = await snapshot_at(context, await revision_at(context, system, ref))
    return await asyncio.to_thread(_validate, context, system_id, snapshot, path, source)


async def create_token(
    context: Context,
    actor: Actor,
    system_id: UUID,
    path: str,
    fields: Mapping[str, Any],
    *,
    file: str | None = None,
    where: Where,
) -> TokenWritten:
    """Add a token; Conflict where its path is taken."""

    def edit(draft: Draft) -> str:
        return token_edits.create(draft, path, fields, file)

    return await write(context, actor, system_id, edit, where, f"Add token {path}")


async def update_token(
    context: Context,
    actor: Actor,
    system_id: UUID,
    token_id: UUID,
    fields: Mapping[str, Any],
    *,
    seen: str | None,
    where: Where,
) -> TokenWritten:
    """Set fields of a token; with ``seen``, the commit its writer read it at, changes since then are kept too."""
    target = await target_of(context, system_id, token_id, seen)

    def edit(draft: Draft) -> str:
        return token_edits.update(draft, target, fields)

    return await write(context, actor, system_id, edit, where, f"Update token {target.hint or token_id}")


async def delete_token(
    context: Context, actor: Actor, system_id: UUID, token_id: UUID, *, seen: str | None, where: Where
) -> TokenWritten:
    """Remove a token; InvalidInput where another still refers to it."""
    target = await target_of(context, system_id, token_id, seen)

    def edit(draft: Draft) -> str:
        return token_edits.delete(draft, target)

    return await write(context, actor, system_id, edit, where, f"Delete token {target.hint or token_id}")


async def rename_token(
    context: Context,
    actor: Actor,
    system_id: UUID,
    token_id: UUID,
    path: str,
    *,
    keep_alias: bool,
    seen: str | None,
    where: Where,
) -> TokenWritten:
    """Move a token to another path; its id stays and every alias to it is rewritten in the same commit."""
    target = await target_of(context, system_id, token_id, seen)

    def edit(draft: Draft) -> str:
        return token_edits.rename(draft, target, path, keep_alias=keep_alias)

    return await write(context, actor, system_id, edit, where, f"Rename token {target.hint or token_id} to {path}")


async def batch(
    context: Context, actor: Actor, system_id: UUID, operations: Sequence[Operation], *, where: Where
) -> tuple[Done[list[str]], list[TokenView | None]]:
    """Several edits as one commit, all or nothing; the tokens as they stand after the last of them."""
    message = where.says(f"Change {len(operations)} tokens")

    def edit(draft: Draft) -> list[str]:
        return token_batches.run(draft, operations)

    done = await changes.apply(
        context, actor, Change(system_id=system_id, edit=edit, message=message, branch=where.branch)
    )
    tokens, commit = done.snapshot.tokens, done.commit or ""
    views = [read_token(system_id, tokens, path, commit) if path in tokens.tokens else None for path in done.result]
    return done, views


async def write(
    context: Context, actor: Actor, system_id: UUID, edit: Callable[[Draft], str], where: Where, message: str
) -> TokenWritten:
    """Carry out an edit that answers with the path of the token that it is about."""
    change = Change(system_id=system_id, edit=edit, message=where.says(message), branch=where.branch)
    done = await changes.apply(context, actor, change)
    if done.result not in done.snapshot.tokens.tokens:
        return TokenWritten(done.commit, done.changed, None)
    view = None
    if done.branch == done.system.default_branch:
        async with context.reads.connect() as db:
            record = await index.by_path(db, system_id, done.result)
        # somebody else's later write is not what this one made: its ETag would let the writer overwrite it unseen
        if record is not None and (not done.changed or record.commit == done.commit):
            view = indexed_token(record)
    if view is None:
        view = read_token(system_id, done.snapshot.tokens, done.result, done.commit or "")
    return TokenWritten(done.commit, done.changed, view)


async def target_of(context: Context, system_id: UUID, token_id: UUID, seen: str | None) -> Target:
    """Where the index last saw the token; only a hint, the edit looks again under the lock."""
    async with context.reads.connect() as db:
        record = await index.get(db, system_id, token_id)
    return Target(token_id, record.path if record else None, seen)


async def _indexed_page(
    context: Context, system_id: UUID, wanted: Filter, limit: int, cursor: str | None
) -> Page[TokenView]:
    async with context.reads.connect() as db:
        page = await index.list_page(
            db, system_id, category=wanted.category, type=wanted.type, q=wanted.q, limit=limit, cursor=cursor
        )
    return Page([indexed_token(record) for record in page.items], page.next_cursor)


async def _read_page(
    context: Context, revision: Revision, wanted: Filter, limit: int, cursor: str | None
) -> Page[TokenView]:
    snapshot = await snapshot_at(context, revision)
    return await asyncio.to_thread(
        _page_of, revision.system, snapshot.tokens, revision.commit or "", wanted, limit, cursor
    )


def _page_of(
    system: SystemRecord, tokens: TokenSet, commit: str, wanted: Filter, limit: int, cursor: str | None
) -> Page[TokenView]:
    after = decode(cursor, text, text) if cursor else None
    keys = sorted((token.category, token.name, path) for path, token in tokens.tokens.items())
    found: list[TokenView] = []
    for category, name, path in keys:
        if (after is not None and (category, name) <= tuple(after)) or not _matches(tokens, path, wanted):
            continue
        found.append(read_token(system.id, tokens, path, commit))
        if len(found) > limit:
            break
    return page_of(found, limit, lambda view: (view.category, view.name))


def _matches(tokens: TokenSet, path: str, wanted: Filter) -> bool:
    token = tokens.tokens[path]
    if wanted.category is not None and token.category != wanted.category:
        return False
    if wanted.type is not None:
        resolved = tokens.resolve(path)
        if ((resolved.type if resolved else None) or token.type) != wanted.type:
            return False
    if not wanted.q:
        return True
    q = wanted.q.lower()
    return q in path.lower() or q in (token.description or "").lower()


async def _token(context: Context, revision: Revision, token_id: UUID) -> TokenView:
    system = revision.system
    if revision.indexed:
        async with context.reads.connect() as db:
            record = await index.get(db, system.id, token_id)
        if record is None:
            raise NotFound("There is no such token.")
        return indexed_token(record)
    snapshot = await snapshot_at(context, revision)
    path = (await asyncio.to_thread(ids, system.id, snapshot.tokens)).get(token_id)
    if path is None:
        raise NotFound("There is no such token at that ref.")
    return read_token(system.id, snapshot.tokens, path, revision.commit or "")


def _usages(revision: Revision, tokens: TokenSet, path: str) -> list[TokenView]:
    system_id, commit = revision.system.id, revision.commit or ""
    return [read_token(system_id, tokens, referrer, commit) for referrer in sorted(tokens.dependents(path))]


def _resolve_all(tokens: TokenSet) -> dict[str, dict[str, Any]]:
    found = ((path, tokens.resolve(path)) for path in sorted(tokens.tokens))
    return {path: {"type": value.type, "value": value.value} for path, value in found if value is not None}


def _validate(context: Context, system_id: UUID, before: Snapshot, path: str, source: bytes) -> list[Problem]:
    problems: list[Problem] = []
    after = before
    if is_resolver_of(before.manifest, path):
        after = replace(before, resolvers=tuple(sorted({*before.resolvers, path})))
    elif before.tokens.takes(path):
        document = parse_edited(before.tokens.sources.get(path), path, source)
        after = replace(before, tokens=before.tokens.replace({path: document}))
        problems += after.tokens.check(since=before.tokens)
    elif not before.manifest.is_token_file(path):
        problems += parse_document(path, source).problems
    with git_errors(), context.store.open(system_id) as repo:
        was = reader(repo, before.tree)

        def now(asked: str) -> bytes | None:
            return source if asked == path else was(asked)

        problems += unsaid(judge_resolvers(before, after, {path}, was, now), problems)
    return before.manifest.judged(problems)
