"""Random histories merged by the service, both ways, over and over: every trial's answers land what it told."""

from __future__ import annotations

import json
from collections import Counter
from random import Random

import pytest

from designsystem.merging.answers import Resolution
from designsystem.merging.conflict import Side
from services import merges
from services.context import Context
from services.errors import Conflict
from tests.services.contents import World, make_world

MAIN, SIDE = "refs/heads/main", "refs/heads/side"
ROUNDS = 10
NAMES = "pqrs"


def sound_edits(world: World, random: Random, branch: str) -> dict[str, bytes | None]:
    """A few edits that break nothing by themselves: values, aliases, props, lines, whole components."""
    edits: dict[str, bytes | None] = {}
    for _ in range(random.choice((1, 2, 3))):
        kind, name = random.random(), random.choice("AB")
        if kind < 0.5:
            group = random.choice("ab")
            values = {each: random.randrange(4) for each in NAMES if random.random() < 0.8}
            tokens = {each: {"$type": "number", "$value": value} for each, value in values.items()}
            edits[f"tokens/{group}.tokens.json"] = (json.dumps({group: tokens}, indent=2) + "\n").encode()
        elif kind < 0.9:
            props = {each: {"default": random.randrange(3)} for each in NAMES if random.random() < 0.6}
            edits[f"components/{name}/component.json"] = json.dumps({"name": name, "props": props}, indent=2).encode()
            lines = "".join(f"{random.randrange(3) if at % 3 else 'same'}\n" for at in range(9))
            edits[f"components/{name}/index.tsx"] = lines.encode()
        elif world.blob(f"components/{name}/component.json", branch) is not None:
            gone = {f"components/{name}/component.json": None, f"components/{name}/index.tsx": None}
            edits = {path: data for path, data in edits.items() if path not in gone} | gone
    return edits


@pytest.mark.parametrize("seed", range(2))
async def test_a_storm_of_merges_lands_and_leaves_the_index_level(context: Context, seed: int) -> None:
    world, random, seen = await make_world(context), Random(seed), Counter[str]()
    await world.put({"README.md": b"# Storm\n"})
    world.git.point(SIDE, world.git.ref(MAIN))
    for _ in range(ROUNDS):
        for branch in ("main", "side"):
            await world.put(sound_edits(world, random, branch), branch=branch)
        source, into = ("side", "main") if random.random() < 0.7 else ("main", "side")
        found = await merges.trial(context, world.ada, world.id, source=source, into=into)
        answers = [Resolution(id=each.id, take=random.choice(list(Side))) for each in found.conflicts]
        if answers:
            with pytest.raises(Conflict):
                await merges.merge(context, world.ada, world.id, source=source, into=into, resolutions=answers[1:])
        await merges.merge(context, world.ada, world.id, source=source, into=into, resolutions=answers)
        seen["settled" if answers else "clean"] += 1
        await world.check()
    assert seen["settled"] and seen["clean"], seen
