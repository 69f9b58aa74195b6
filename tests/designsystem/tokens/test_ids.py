"""Ids of tokens last through edits, renames and rebuilding."""

from __future__ import annotations

from uuid import UUID, uuid5

from designsystem.tokens.ids import default_id, id_of, ids, token_id
from tests.designsystem.tokens.files import document, token_set

SYSTEM = UUID("6f1c2b1e-8a55-4c0e-9f2b-111111111111")


def number(identifier: UUID | None = None) -> dict[str, object]:
    mine = {"$extensions": {"org.xtext.design-system": {"id": str(identifier)}}} if identifier else {}
    return {"$type": "number", "$value": 1, **mine}


def test_an_id_is_derived_from_system_and_path() -> None:
    tokens = token_set(a={"x": number()})
    assert token_id(SYSTEM, tokens.tokens["x"]) == uuid5(SYSTEM, "token:x")
    assert ids(SYSTEM, tokens) == {uuid5(SYSTEM, "token:x"): "x"}
    assert ids(SYSTEM, tokens) is ids(SYSTEM, tokens)
    assert ids(SYSTEM, tokens) != ids(UUID(int=1), tokens)


def test_an_explicit_id_counts_more() -> None:
    tokens = token_set(a={"x": number(UUID(int=7))})
    assert ids(SYSTEM, tokens) == {UUID(int=7): "x"}
    assert token_id(SYSTEM, tokens.tokens["x"]) == UUID(int=7)


def test_a_new_token_at_the_old_path_of_a_renamed_one_gets_an_id_of_its_own() -> None:
    tokens = token_set(a={"a": number(), "b": number(default_id(SYSTEM, "a"))})
    assert ids(SYSTEM, tokens) == {default_id(SYSTEM, "a"): "b", uuid5(SYSTEM, "token:a#2"): "a"}
    assert id_of(SYSTEM, tokens, "a") == uuid5(SYSTEM, "token:a#2")
    assert id_of(SYSTEM, tokens, "c") is None


def test_of_two_tokens_with_one_id_the_first_keeps_it_and_none_is_lost() -> None:
    tokens = token_set(a={"a": number(UUID(int=7))}, b={"b": number(UUID(int=7))})
    assert ids(SYSTEM, tokens) == {UUID(int=7): "a", default_id(SYSTEM, "b"): "b"}


def test_ids_follow_the_set_that_replaces_another() -> None:
    old = token_set(a={"a": number()})
    ids(SYSTEM, old)
    new = old.replace({"b.tokens.json": document({"b": number()}, "b.tokens.json")})
    assert ids(SYSTEM, new) == {default_id(SYSTEM, "a"): "a", default_id(SYSTEM, "b"): "b"}
