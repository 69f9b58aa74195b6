"""A request whose time is over is cancelled wherever it stands: acknowledged edits stay, and nothing is crooked."""

from __future__ import annotations

import asyncio
from random import Random
from time import monotonic

import pytest

from services import sync
from services.context import Context
from services.errors import Conflict
from tests.services.contents import make_world, tokens_file


@pytest.mark.parametrize("seed", range(3))
async def test_edits_that_are_cut_off_anywhere_leave_the_index_as_git_has_it(context: Context, seed: int) -> None:
    world, random = await make_world(context), Random(seed)
    await world.put({"tokens/a.tokens.json": tokens_file(x=1)})
    began = monotonic()
    await world.add("own.first", 0)
    usual = monotonic() - began
    kept: dict[str, int] = {"own.first": 0}
    cuts = 0

    async def writer(lane: int) -> None:
        nonlocal cuts
        for number in range(lane * 100, lane * 100 + 15):
            try:
                async with asyncio.timeout(random.uniform(0, 4 * usual)):
                    await world.add(f"own.t{number}", number)
                kept[f"own.t{number}"] = number
            except TimeoutError:
                cuts += 1
            except Conflict:
                continue

    await asyncio.gather(*(writer(lane) for lane in range(4)))
    assert cuts > 5
    await world.add("own.last", 1)  # no lock and no turn is left behind
    kept["own.last"] = 1
    await sync.sweep(context)
    await world.check()
    tokens = await world.tokens()
    assert {path: tokens[path].value for path in kept} == kept
    assert context.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert (await sync.reindex(context, world.id)).lines == ()
