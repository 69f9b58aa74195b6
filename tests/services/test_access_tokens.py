"""Only what we signed, unaltered and in time, says who somebody is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import jwt
import pytest

from services.access_tokens import AccessTokens
from services.errors import Unauthenticated
from services.policy import Actor

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ADA = Actor(user_id=uuid4(), name="Ada", email="ada@example.org", token_version=3, sign_in_id=uuid4())
OLD, NEW = b"o" * 64, b"n" * 64
TOKENS = AccessTokens({"new": NEW}, "new")


def claims(**changes: object) -> dict[str, object]:
    issued = {"sub": str(uuid4()), "iat": 0, "exp": NOW.timestamp() + 60, "jti": "x", "ver": 0, "sid": str(uuid4())}
    return {name: value for name, value in (issued | changes).items() if value is not None}


def test_what_was_issued_comes_back() -> None:
    assert TOKENS.verify(TOKENS.issue(ADA, NOW), NOW) == ADA


def test_every_token_has_its_own_id_and_the_key_id_in_its_header() -> None:
    first, second = (TOKENS.issue(ADA, NOW) for _ in range(2))
    assert first != second
    assert jwt.get_unverified_header(first) == {"alg": "HS256", "typ": "JWT", "kid": "new"}


def test_it_expires_by_our_clock() -> None:
    token = TOKENS.issue(ADA, NOW)
    TOKENS.verify(token, NOW + timedelta(minutes=14, seconds=59))
    with pytest.raises(Unauthenticated):
        TOKENS.verify(token, NOW + timedelta(minutes=15))


def test_keys_rotate_without_signing_anybody_out() -> None:
    before = AccessTokens({"old": OLD}, "old").issue(ADA, NOW)
    assert AccessTokens({"new": NEW, "old": OLD}, "new").verify(before, NOW) == ADA
    with pytest.raises(Unauthenticated):
        TOKENS.verify(before, NOW)


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "nonsense",
        "a.b.c",
        jwt.encode(claims(), "x" * 32, "HS256", headers={"kid": "new"}),
        jwt.encode(claims(), NEW, "HS256"),
        jwt.encode(claims(), NEW, "HS512", headers={"kid": "new"}),
        jwt.encode(claims(), "", "none", headers={"kid": "new"}),
        jwt.encode(claims(exp=None), NEW, "HS256", headers={"kid": "new"}),
        jwt.encode(claims(ver=None), NEW, "HS256", headers={"kid": "new"}),
        jwt.encode(claims(sub="ada"), NEW, "HS256", headers={"kid": "new"}),
        jwt.encode(claims(ver="x"), NEW, "HS256", headers={"kid": "new"}),
        TOKENS.issue(ADA, NOW)[:-2],
    ],
)
def test_everything_else_is_refused(forged: str) -> None:
    with pytest.raises(Unauthenticated):
        TOKENS.verify(forged, NOW)


def test_short_secrets_sign_nothing_and_secrets_show_nowhere() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        AccessTokens({"k": b"short"}, "k")
    assert "nnnn" not in repr(TOKENS)


def test_an_admin_claim_is_not_taken_from_its_truthiness() -> None:
    token = jwt.encode(claims(adm="yes"), NEW, "HS256", headers={"kid": "new"})
    assert not TOKENS.verify(token, NOW).is_admin
