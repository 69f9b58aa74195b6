"""Change and reset passwords, prove addresses: also when others do the same at that moment."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, cast
from uuid import uuid4

import orjson
import pytest

from index import users
from index.users import UserRecord
from services import accounts, administration, api_keys, mail, recovery, sign_ins
from services.access_tokens import AccessTokens
from services.context import Context
from services.errors import Conflict, InvalidInput, Unauthenticated
from services.one_time_tokens import RESET, VERIFICATION, read
from services.policy import Actor, Scope
from services.sign_ins import TokenPair
from services.smtp import MailSettings
from services.vault import Vault
from tests.mailserver import token_in
from tests.services.conftest import PASSWORD, Clock, person

NEW, OTHER = "a quiet harbour at seven", "seven lanterns by the pier"
ADA = "ada@example.org"


@pytest.fixture
async def mailing(context: Context) -> Context:
    """A context that queues mails; nothing sends them."""
    await context.redis.delete(mail.QUEUE)
    return replace(
        context, mail=MailSettings(host="127.0.0.1", sender="noreply@example.org", base_url="http://xds.test")
    )


async def mails(context: Context) -> list[dict[str, str]]:
    """Those that wait, which they then do no more."""
    found = cast("list[bytes]", await context.redis.lrange(mail.QUEUE, 0, -1))
    await context.redis.delete(mail.QUEUE)
    return [orjson.loads(context.vault.open(mail.PURPOSE, sealed.decode())) for sealed in found]


async def mailed(context: Context) -> str:
    (only,) = await mails(context)
    return token_in(only["text"])


async def forgotten(context: Context) -> str:
    await recovery.forgot(context, ADA)
    return await mailed(context)


async def account(context: Context) -> UserRecord:
    async with context.engine.connect() as db:
        found = await users.by_email(db, ADA)
    assert found is not None
    return found


async def signs_in(context: Context, password: str) -> bool:
    try:
        await sign_ins.login(context, email=ADA, password=password)
    except Unauthenticated:
        return False
    return True


def succeeded(outcomes: list[Any], refusal: type[Exception]) -> int:
    """How many were not refused; every refusal is of the type."""
    refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert all(isinstance(outcome, refusal) for outcome in refused), refused
    return len(outcomes) - len(refused)


async def test_of_two_password_changes_at_once_one_wins(context: Context) -> None:
    ada = await person(context, "Ada")
    outcomes = await asyncio.gather(
        *(recovery.change_password(context, ada, current=PASSWORD, new=new) for new in (NEW, OTHER)),
        return_exceptions=True,
    )
    assert succeeded(outcomes, (Conflict, Unauthenticated)) == 1  # type: ignore[arg-type]
    assert sorted([await signs_in(context, NEW), await signs_in(context, OTHER)]) == [False, True]
    assert not await signs_in(context, PASSWORD)


async def test_a_sign_in_that_was_proved_before_the_change_does_not_outlive_it(context: Context) -> None:
    ada = await person(context, "Ada")
    before = await account(context)  # what a login holds while argon2 runs
    await recovery.change_password(context, ada, current=PASSWORD, new=NEW)
    with pytest.raises(Unauthenticated):
        async with context.engine.begin() as db:
            await sign_ins.begin(context, db, before, method="password")


async def test_logins_and_a_change_at_once_leave_no_sign_in_under_the_old_password(context: Context) -> None:
    ada = await person(context, "Ada")
    change = recovery.change_password(context, ada, current=PASSWORD, new=NEW)
    logins = [sign_ins.login(context, email=ADA, password=PASSWORD) for _ in range(6)]
    changed, *outcomes = await asyncio.gather(change, *logins, return_exceptions=True)
    assert isinstance(changed, recovery.PasswordChanged)
    for pair in outcomes:
        if isinstance(pair, TokenPair):
            with pytest.raises(Unauthenticated):
                await sign_ins.refresh(context, pair.refresh_token)
    await sign_ins.refresh(context, changed.pair.refresh_token)


async def test_a_change_by_an_ended_sign_in_changes_nothing(context: Context) -> None:
    ada = await person(context, "Ada")
    assert ada.sign_in_id is not None
    await sign_ins.end_own(context, ada, ada.sign_in_id)
    with pytest.raises(Unauthenticated):
        await recovery.change_password(context, ada, current=PASSWORD, new=NEW)
    assert await signs_in(context, PASSWORD)


async def test_a_password_change_voids_a_reset_that_was_asked_for(mailing: Context) -> None:
    ada = await person(mailing, "Ada")
    await mails(mailing)
    token = await forgotten(mailing)
    await recovery.change_password(mailing, ada, current=PASSWORD, new=NEW)
    with pytest.raises(InvalidInput):
        await recovery.reset(mailing, token, OTHER)
    assert await signs_in(mailing, NEW)


async def test_of_many_uses_of_one_reset_at_once_one_works(mailing: Context) -> None:
    await person(mailing, "Ada")
    await mails(mailing)
    token = await forgotten(mailing)
    outcomes = await asyncio.gather(
        *(recovery.reset(mailing, token, new) for new in (NEW, OTHER) * 3), return_exceptions=True
    )
    assert succeeded(outcomes, InvalidInput) == 1
    assert sorted([await signs_in(mailing, NEW), await signs_in(mailing, OTHER)]) == [False, True]


async def test_of_several_resets_asked_for_at_once_the_last_alone_works(mailing: Context) -> None:
    await person(mailing, "Ada")
    await mails(mailing)
    await asyncio.gather(*(recovery.forgot(mailing, ADA) for _ in range(5)))
    tokens = [token_in(found["text"]) for found in await mails(mailing)]
    assert len(tokens) == 5
    outcomes = [await outcome(recovery.reset(mailing, token, NEW)) for token in tokens]
    assert succeeded(outcomes, InvalidInput) == 1


async def outcome(work: Any) -> Any:
    try:
        return await work
    except InvalidInput as error:
        return error


async def test_resets_and_changes_at_once_do_not_lock_each_other_up(mailing: Context) -> None:
    ada = await person(mailing, "Ada")
    await mails(mailing)
    token = await forgotten(mailing)
    outcomes = await asyncio.gather(
        recovery.reset(mailing, token, NEW),
        recovery.change_password(mailing, ada, current=PASSWORD, new=OTHER),
        *(recovery.forgot(mailing, ADA) for _ in range(4)),
        return_exceptions=True,
    )
    for found in outcomes:
        assert found is None or isinstance(
            found, InvalidInput | Conflict | Unauthenticated | recovery.PasswordChanged
        ), found


async def test_a_weak_password_does_not_use_the_token_up(mailing: Context) -> None:
    await person(mailing, "Ada")
    await mails(mailing)
    token = await forgotten(mailing)
    with pytest.raises(InvalidInput) as refused:
        await recovery.reset(mailing, token, "adaadaada1")
    assert refused.value.problems[0].pointer == "/new_password"
    await recovery.reset(mailing, token, NEW)


async def test_a_reset_by_mail_proves_the_address_and_one_by_the_operator_does_not(mailing: Context) -> None:
    await person(mailing, "Ada")
    await mails(mailing)
    offered = await administration.offer_reset(mailing, ADA)
    assert offered.token not in repr(offered)
    await recovery.reset(mailing, offered.token, NEW)
    assert (await account(mailing)).email_verified_at is None
    await recovery.reset(mailing, await forgotten(mailing), OTHER)
    assert (await account(mailing)).email_verified_at is not None


async def test_what_a_stranger_set_up_under_an_address_does_not_survive_its_owner(mailing: Context) -> None:
    stranger = await person(mailing, "Ada")
    await mails(mailing)
    _, key = await api_keys.create(mailing, stranger, name="for later", scopes=[Scope.ADMIN])
    await recovery.reset(mailing, await forgotten(mailing), NEW)
    with pytest.raises(Unauthenticated):
        await api_keys.authenticate(mailing, key)
    owner = await sign_ins.login(mailing, email=ADA, password=NEW)
    actor = mailing.access_tokens.verify(owner.access_token, mailing.clock())
    _, own = await api_keys.create(mailing, actor, name="CI", scopes=[Scope.READ])
    await recovery.reset(mailing, await forgotten(mailing), OTHER)
    assert (await api_keys.authenticate(mailing, own)).key_id  # proved before: keys stay


async def test_tokens_expire(mailing: Context, clock: Clock) -> None:
    await person(mailing, "Ada")
    verification = await mailed(mailing)
    reset = await forgotten(mailing)
    clock.advance(minutes=30)
    with pytest.raises(InvalidInput):
        await recovery.reset(mailing, reset, NEW)
    clock.advance(hours=47)
    await recovery.verify(mailing, verification)


async def test_a_token_serves_its_own_purpose_only(mailing: Context) -> None:
    await person(mailing, "Ada")
    verification = await mailed(mailing)
    with pytest.raises(InvalidInput):
        await recovery.reset(mailing, verification, NEW)
    with pytest.raises(InvalidInput):
        await recovery.verify(mailing, await forgotten(mailing))


async def test_a_token_is_void_once_the_address_has_changed(mailing: Context) -> None:
    await person(mailing, "Ada")
    tokens = [await mailed(mailing), await forgotten(mailing)]
    async with mailing.engine.begin() as db:
        await users.change(db, (await account(mailing)).id, {"email": "ada@elsewhere.org"}, mailing.clock())
    with pytest.raises(InvalidInput):
        await recovery.verify(mailing, tokens[0])
    with pytest.raises(InvalidInput):
        await recovery.reset(mailing, tokens[1], NEW)


async def test_a_token_signed_with_the_secret_before_is_still_good(mailing: Context) -> None:
    await person(mailing, "Ada")
    token = await mailed(mailing)
    secret = "another secret of the tests, as long"
    rotated = replace(mailing, vault=Vault(secret, ["a secret of the tests, long enough"]))
    forgetful = replace(mailing, vault=Vault(secret))
    with pytest.raises(InvalidInput):
        await recovery.verify(forgetful, token)
    await recovery.verify(rotated, token)


def forged(vault: Vault, actor: Actor) -> list[str]:
    """What is signed here, but as something else."""
    tokens = AccessTokens.derived("a secret of the tests, long enough")
    sealed = vault.seal("one-time-token", "{}")
    return [tokens.issue(replace(actor, sign_in_id=uuid4()), Clock().now), sealed]


async def test_other_credentials_are_no_one_time_tokens(context: Context) -> None:
    ada = await person(context, "Ada")
    for token in forged(context.vault, ada):
        with pytest.raises(InvalidInput):
            read(context.vault, token, RESET, context.clock())


async def test_a_one_time_token_is_no_access_token(mailing: Context) -> None:
    await person(mailing, "Ada")
    with pytest.raises(Unauthenticated):
        mailing.access_tokens.verify(await mailed(mailing), mailing.clock())


async def test_line_breaks_of_mail_programs_do_no_harm(mailing: Context) -> None:
    await person(mailing, "Ada")
    token = await mailed(mailing)
    assert read(mailing.vault, f" {token[:40]}\r\n  {token[40:]}\n", VERIFICATION, mailing.clock()).mailed


async def test_no_text_of_a_stranger_stands_in_a_mail(mailing: Context) -> None:
    await accounts.register(mailing, email=ADA, password=PASSWORD, name="Win at evil.example now")
    await recovery.forgot(mailing, ADA)
    assert ["evil" in found["text"] + found["subject"] for found in await mails(mailing)] == [False, False]


async def test_a_registration_that_is_refused_mails_nobody(mailing: Context) -> None:
    await person(mailing, "Ada")
    await mails(mailing)
    with pytest.raises(Conflict):
        await person(mailing, "Ada")
    assert await mails(mailing) == []


async def test_an_account_without_a_password_gets_one_by_reset_only(mailing: Context) -> None:
    ada = await person(mailing, "Ada")
    await mails(mailing)
    async with mailing.engine.begin() as db:
        await users.change(db, (await account(mailing)).id, {"password_hash": None}, mailing.clock())
    with pytest.raises(Conflict):
        await recovery.change_password(mailing, ada, current="", new=NEW)
    await recovery.reset(mailing, await forgotten(mailing), NEW)
    assert await signs_in(mailing, NEW)
