"""What is sealed opens only for its purpose, here, and with a secret that is still named."""

from __future__ import annotations

import pytest

from services.vault import SealBroken, Vault

OLD, NEW = "the old secret of these tests, long", "the new secret of these tests, long"


def test_what_was_sealed_opens_again_and_shows_nothing() -> None:
    sealed = Vault(NEW).seal("mail", "Guten Tag, Ada")
    assert Vault(NEW).open("mail", sealed) == "Guten Tag, Ada"
    assert "Ada" not in sealed


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert Vault(NEW).seal("mail", "x") != Vault(NEW).seal("mail", "x")


@pytest.mark.parametrize(
    ("vault", "purpose"), [(Vault(OLD), "mail"), (Vault(NEW), "provider")], ids=["other secret", "other purpose"]
)
def test_nobody_else_opens_it(vault: Vault, purpose: str) -> None:
    with pytest.raises(SealBroken):
        vault.open(purpose, Vault(NEW).seal("mail", "x"))


@pytest.mark.parametrize("sealed", ["", "x", "gAAAAAB" + "x" * 100, "…"])
def test_nonsense_is_refused(sealed: str) -> None:
    with pytest.raises(SealBroken):
        Vault(NEW).open("mail", sealed)


def test_after_a_rotation_the_old_opens_and_asks_to_be_sealed_anew() -> None:
    sealed, rotated = Vault(OLD).seal("mail", "x"), Vault(NEW, [OLD])
    assert rotated.open("mail", sealed) == "x"
    assert not rotated.is_current("mail", sealed)
    assert rotated.is_current("mail", rotated.seal("mail", "x"))


def test_no_secret_stands_in_its_repr() -> None:
    assert OLD not in repr(Vault(OLD))
