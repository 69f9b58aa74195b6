"""What people type, made uniform or refused."""

from __future__ import annotations

import pytest

from services.errors import InvalidInput
from services.names import check_email, check_name
from services.slugs import MAX_LENGTH, candidates, check_slug, slug_of


@pytest.mark.parametrize(
    ("given", "want"),
    [(" Ada@Example.ORG ", "ada@example.org"), ("ada@bücher.example", "ada@bücher.example"), ("a+b@c.de", "a+b@c.de")],
)
def test_addresses_have_one_form(given: str, want: str) -> None:
    assert check_email(given) == want


@pytest.mark.parametrize(
    "given", ["", "ada", "ada@", "@example.org", "a b@example.org", "ada@localhost", "a@b\x00.org"]
)
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput):
        check_email(given)


def test_names_are_trimmed_and_composed() -> None:
    assert check_name(" Zoe\u0308  K ") == "Zoë K"


@pytest.mark.parametrize("given", ["", "  ", "x" * 201, "a\x1bb", "a\udc00", "a<b>", "a\x85b\x7f"])
def test_unfit_names_are_refused(given: str) -> None:
    with pytest.raises(InvalidInput):
        check_name(given)


@pytest.mark.parametrize("given", ["", "-a", "a-", "a--b", "A", "a_b", "a/b", "..", "a\n", "x" * (MAX_LENGTH + 1), "ä"])
def test_what_is_no_slug_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput):
        check_slug(given)


@pytest.mark.parametrize("text", ["Acmé & Söhne", "日本", "🎨", "", "x" * 500, "a" * 58 + " tail"])
def test_every_candidate_is_a_slug_and_they_differ(text: str) -> None:
    made = list(candidates(slug_of(text, "team")))
    assert [check_slug(slug) for slug in made] == made
    assert len(set(made)) == len(made) > 5
