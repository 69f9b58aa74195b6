"""Strength by estimate; the same work for everybody."""

from __future__ import annotations

from typing import Any

import pytest
from argon2 import PasswordHasher
from zxcvbn import matching

from services.passwords import Passwords, check_strength

GOOD = "correct-horse-battery"


class Counting(PasswordHasher):
    """Counts how often argon2 really ran."""

    runs = 0

    def verify(self, *args: object, **kwargs: object) -> bool:  # type: ignore[override]
        type(self).runs += 1
        return super().verify(*args, **kwargs)  # type: ignore[arg-type]


@pytest.fixture
def counting() -> Passwords:
    Counting.runs = 0
    return Passwords(Counting(time_cost=1, memory_cost=8, parallelism=1))


@pytest.mark.parametrize(
    ("password", "personal", "code"),
    [
        (GOOD, [], None),
        ("äöü ÄÖÜ ßß 日本", [], None),
        ("x7#kQ9!m", [], "password-too-short"),
        ("aaaaaaaaaaaa", [], "password-too-weak"),
        ("qwertyuiop", [], "password-too-weak"),
        ("lovelace1815", ["Ada", "lovelace1815"], "password-too-weak"),
        ("x" * 1025, [], "password-too-long"),
    ],
)
def test_strength(password: str, personal: list[str], code: str | None) -> None:
    assert [problem.code for problem in check_strength(password, personal)] == ([code] if code else [])


@pytest.mark.parametrize(
    "password",
    [
        "4@8({[<369!|1|0$5+7%2" * 4,
        "{%86(5$51<(541024$63%(!444741<" * 3,
        "a4@b8c({[<e3g69i!1|7l0o$5s+t7%z2x",
        "0123456789" * 8,
    ],
)
def test_no_password_takes_long_to_estimate(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may register, and the estimate runs where everybody is answered; each look-up is about a millisecond."""
    lookups = 0
    really = matching.dictionary_match

    def counted(*args: Any, **kwargs: Any) -> Any:
        nonlocal lookups
        lookups += 1
        return really(*args, **kwargs)

    monkeypatch.setattr(matching, "dictionary_match", counted)
    check_strength(password, ["ada@example.org", "Ada"])
    assert lookups <= 60


def test_symbols_that_stand_for_letters_are_still_seen_through() -> None:
    assert check_strength("p@$$w0rd!!")


async def test_an_absent_hash_costs_as_much_as_a_wrong_password(counting: Passwords) -> None:
    stored = await counting.hash(GOOD)
    assert not await counting.verify(stored, "wrong")
    assert not await counting.verify(None, "wrong")
    assert not await counting.verify(None, "no account has this password")
    assert Counting.runs == 3


async def test_three_requests_of_one_git_operation_cost_one_argon2(counting: Passwords) -> None:
    stored = await counting.hash(GOOD)
    for _ in range(3):
        assert await counting.verify_again("ada", stored, GOOD)
    assert Counting.runs == 1
    assert not await counting.verify_again("ada", await counting.hash("another"), GOOD)
    assert not await counting.verify_again("ada", None, GOOD)
    assert not await counting.verify_again("ada", stored, "wrong")


async def test_it_matches_however_its_letters_were_composed(counting: Passwords) -> None:
    assert await counting.verify(await counting.hash("Zoe\u0308 and friends"), "Zo\u00eb and friends")


async def test_what_is_no_hash_matches_nothing(counting: Passwords) -> None:
    assert not await counting.verify("$argon2id$broken", GOOD)
    assert not await counting.verify("", GOOD)
