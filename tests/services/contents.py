"""A design system to work on: somebody's team, an empty repository, and short ways to edit it and to look at it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from gitstore import trees
from index import systems as system_index
from index import tokens as token_index
from index.systems import SystemRecord
from index.tokens import TokenRecord
from services import changes, design_tokens, sync, systems, teams
from services.changes import Change, Done
from services.context import Context
from services.design_tokens import TokenWritten, Where
from services.drafts import Draft
from services.policy import Actor
from services.systems import NewSystem
from tests.index.histories import History
from tests.services.conftest import person

TOKENS = "tokens/a.tokens.json"


@dataclass
class World:
    """One person, one team, one system; ``git`` reaches the repository behind the service's back."""

    context: Context
    ada: Actor
    team_id: UUID
    id: UUID
    git: History

    async def system(self) -> SystemRecord:
        return await systems.get_system(self.context, self.ada, self.id)

    async def put(
        self,
        files: Mapping[str, bytes | None],
        *,
        branch: str | None = None,
        message: str = "Put",
        actor: Actor | None = None,
    ) -> Done[None]:
        """Write files as one commit, through the one way in."""

        def edit(draft: Draft) -> None:
            for path, data in files.items():
                draft.put(path, data)

        change = Change(system_id=self.id, edit=edit, message=message, branch=branch)
        return await changes.apply(self.context, actor or self.ada, change)

    async def add(self, path: str, value: Any = 1, **fields: Any) -> TokenWritten:
        file = fields.pop("file", None)
        fields = {"value": value, "type": "number", **fields}
        return await design_tokens.create_token(self.context, self.ada, self.id, path, fields, file=file, where=Where())

    async def tokens(self) -> dict[str, TokenRecord]:
        """The index's tokens by path."""
        async with self.context.engine.connect() as db:
            page = await token_index.list_page(db, self.id, limit=1000)
        return {record.path: record for record in page.items}

    async def events(self) -> list[tuple[int, str, dict[str, Any]]]:
        """Sequence number, action and details of everything logged, in order."""
        query = text("SELECT seq, action, metadata FROM activity_log WHERE design_system_id = :id ORDER BY seq")
        async with self.context.engine.connect() as db:
            return [tuple(row) for row in await db.execute(query, {"id": self.id})]  # type: ignore[misc]

    async def indexed_refs(self) -> dict[str, str]:
        async with self.context.engine.connect() as db:
            found = await db.execute(text("SELECT name, oid FROM refs WHERE design_system_id = :id"), {"id": self.id})
            return {row[0]: row[1] for row in found}

    async def row(self) -> SystemRecord:
        """The system as the database has it, nothing repaired."""
        async with self.context.engine.connect() as db:
            found = await system_index.get(db, self.id)
        assert found is not None
        return found

    async def check(self) -> None:
        """The index is what git says, and the log has no gap."""
        drift = await sync.check(self.context, self.id)
        assert drift.lines == ()
        seqs = [seq for seq, _, _ in await self.events()]
        assert seqs == list(range(1, len(seqs) + 1))
        assert (await self.row()).seq == len(seqs)

    def blob(self, path: str, ref: str = "main") -> bytes | None:
        with self.git.store.open(self.id) as repo:
            entry = trees.blob_at(repo, trees.resolve(repo, ref), path)
            return trees.read_blob(repo, entry.oid) if entry is not None else None


async def make_world(context: Context, *, name: str = "ada", init: bool = False, **more: Any) -> World:
    ada = await person(context, name)
    team = await teams.create(context, ada, name=f"Team of {name}")
    made = await systems.create_system(context, ada, NewSystem(team_id=team.id, name="UI", init=init, **more))
    git = History(context.store.root, made.id)
    return World(context, ada, team.id, made.id, git)


def tokens_file(group: str = "a", **values: Any) -> bytes:
    """A token file of numbers and aliases in one group."""
    tokens = {name: {"$type": "number", "$value": value} for name, value in values.items()}
    return (json.dumps({group: tokens}, indent=2) + "\n").encode()
