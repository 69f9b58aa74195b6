from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import pytest

from designsystem.problem import errors_of
from designsystem.tokens.ids import ids
from gitstore.commits import read_commit
from index.snapshots import Snapshots
from services import token_batches, token_edits
from services.drafts import Draft
from services.errors import ServiceError, TooLarge
from services.token_batches import Operation
from services.token_edits import Target
from tests.index.histories import History, token

FILES = ("tokens/a.tokens.json", "tokens/b.tokens.json")


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path)


def document(random: Random) -> bytes:
    groups = {
        group: {name: token(random.randint(0, 9)) for name in random.sample("uvwxyz", random.randint(0, 4))}
        for group in random.sample("abc", random.randint(1, 3))
    }
    if random.random() < 0.3:
        groups[next(iter(groups))]["$deprecated"] = True  # type: ignore[assignment]
    return json.dumps(groups, indent=random.choice((None, 2, 4))).encode()


def operations(random: Random, known: Sequence[UUID]) -> list[Operation]:
    made = []
    for _ in range(random.randint(1, 12)):
        kind = random.choice(("create", "create", "update", "update", "delete", "rename"))
        target = Target(random.choice(known)) if known else None
        path = ".".join(random.choice(("a", "b", "c", "d")) for _ in range(random.randint(1, 2))) + random.choice(
            (".u", ".v", ".w", ".m", ".n")
        )
        fields = random.choice(({"value": 1}, {"value": 2, "description": "d"}, {"deprecated": None}, {}))
        if kind == "create":
            file = random.choice((None, None, *FILES, "tokens/new.tokens.json"))
            made.append(Operation(op="create", path=path, fields={"value": 7, "type": "number"}, file=file))
        elif kind == "update":
            made.append(Operation(op="update", target=target, fields=fields))
        elif kind == "delete":
            made.append(Operation(op="delete", target=target))
        else:
            made.append(Operation(op="rename", target=target, path=path, keep_alias=random.random() < 0.3))
    return made


def one_by_one(draft: Draft, steps: Sequence[Operation]) -> list[str]:
    paths = []
    for step in steps:
        target, path = step.target or Target(UUID(int=0)), step.path or ""
        if step.op == "create":
            paths.append(token_edits.create(draft, path, step.fields, step.file))
        elif step.op == "update":
            paths.append(token_edits.update(draft, target, step.fields))
        elif step.op == "delete":
            paths.append(token_edits.delete(draft, target))
        else:
            paths.append(token_edits.rename(draft, target, path, keep_alias=step.keep_alias))
    return paths


@pytest.mark.parametrize("block", range(10))
def test_a_batch_gives_what_its_steps_give_one_by_one(block: int, history: History) -> None:
    passed = 0
    for seed in range(block * 40, block * 40 + 40):
        random = Random(seed)
        commit = history.commit({file: document(random) for file in FILES})
        with history.store.open(history.id) as repo:
            snapshots = Snapshots()
            snapshot = snapshots.at(repo, history.id, read_commit(repo, commit).tree)
            steps = operations(random, list(ids(history.id, snapshot.tokens)))
            outcomes = []
            for run in (token_batches.run, one_by_one):
                draft = Draft(repo, snapshots, history.id, commit, snapshot)
                try:
                    paths: list[str] | type[ServiceError] = run(draft, steps)
                except ServiceError as error:
                    outcomes.append((type(error), {}, {}))
                    continue
                passed += 1
                tokens = draft.tokens
                assert not [each for doc in tokens.documents.values() for each in errors_of(doc.problems)], seed
                said = {path: (each.file, each.value, each.deprecated) for path, each in tokens.tokens.items()}
                outcomes.append((paths, said, ids(history.id, tokens)))
        assert outcomes[0] == outcomes[1], seed
    assert passed > 10


def test_a_batch_that_takes_too_long_is_given_up(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_batches, "LONGEST", -1.0)
    commit = history.commit({FILES[0]: document(Random(1))})
    with history.store.open(history.id) as repo:
        snapshots = Snapshots()
        snapshot = snapshots.at(repo, history.id, read_commit(repo, commit).tree)
        draft = Draft(repo, snapshots, history.id, commit, snapshot)
        with pytest.raises(TooLarge):
            token_batches.run(draft, [Operation(op="create", path=f"z.{uuid4()}", fields={"value": 1})])
