"""Register and rename."""

from __future__ import annotations

import asyncio

import pytest

from index import users
from services import accounts
from services.context import Context
from services.errors import Conflict, Forbidden, InvalidInput
from services.policy import SYSTEM
from tests.services.conftest import PASSWORD, person


async def register(context: Context, email: str, name: str = "Ada", **more: object) -> users.UserRecord:
    return await accounts.register(context, email=email, password=PASSWORD, name=name, **more)  # type: ignore[arg-type]


async def test_registering_normalises_and_derives_a_username(context: Context) -> None:
    user = await register(context, "  Ada@Example.ORG ", "  Ada   Lovelace ")
    assert (user.email, user.name, user.username) == ("ada@example.org", "Ada Lovelace", "ada-lovelace")
    assert PASSWORD not in repr(user) and "argon2" not in repr(user)


async def test_equal_names_registered_at_once_get_distinct_usernames(context: Context) -> None:
    made = await asyncio.gather(*(register(context, f"ada{n}@example.org") for n in range(8)))
    assert len({user.username for user in made}) == 8
    assert all(user.username.startswith("ada") for user in made)


async def test_one_address_registered_at_once_makes_one_account(context: Context) -> None:
    outcomes = await asyncio.gather(
        *(register(context, email) for email in ["ada@example.org", "ADA@example.org"] * 3), return_exceptions=True
    )
    assert sum(isinstance(outcome, users.UserRecord) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 5


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"email": "not an address"}, "bad-email"),
        ({"password": "short"}, "password-too-short"),
        ({"password": "password1234"}, "password-too-weak"),
        ({"password": "adalovelace"}, "password-too-weak"),
        ({"password": "x" * 1025}, "password-too-long"),
        ({"name": " \t "}, "bad-name"),
        ({"name": "Ada <ada>"}, "bad-name"),
        ({"name": "Ada\x00"}, "bad-name"),
        ({"username": "Ada L"}, "bad-slug"),
        ({"username": "a@b"}, "bad-slug"),
    ],
)
async def test_bad_registrations_name_the_fault(context: Context, change: dict[str, str], code: str) -> None:
    body = {"email": "ada@example.org", "password": PASSWORD, "name": "Ada Lovelace"} | change
    with pytest.raises(InvalidInput) as refused:
        await accounts.register(context, **body)  # type: ignore[arg-type]
    (problem,) = refused.value.problems
    assert problem.code == code
    assert problem.pointer == f"/{next(iter(change))}"


async def test_a_taken_username_is_refused_and_not_replaced(context: Context) -> None:
    await register(context, "ada@example.org", username="ada")
    with pytest.raises(Conflict):
        await register(context, "other@example.org", username="ada")


async def test_only_admins_make_admins(context: Context) -> None:
    with pytest.raises(Forbidden):
        await register(context, "eve@example.org", is_admin=True)
    assert (await register(context, "root@example.org", is_admin=True, actor=SYSTEM)).is_admin


async def test_renaming_keeps_usernames_unique(context: Context) -> None:
    ada, _ = await person(context, "Ada"), await person(context, "Grace")
    renamed = await accounts.rename(context, ada, name="Ada L.", username=None)
    assert (renamed.user.name, renamed.user.username) == ("Ada L.", "ada")
    with pytest.raises(Conflict):
        await accounts.rename(context, ada, name=None, username="grace")
