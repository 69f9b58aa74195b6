from __future__ import annotations

import base64
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from index.errors import InvalidCursor
from index.paging import Page, decode, encode, number, page_of, text


def test_a_cursor_gives_back_its_key() -> None:
    identity, when = uuid4(), datetime(2026, 11, 1, tzinfo=UTC)
    cursor = encode(("größe", 7, identity, when))
    assert cursor.isascii()
    assert not set("+/=") & set(cursor)
    assert decode(cursor, text, number, UUID, datetime.fromisoformat) == ["größe", 7, identity, when]


def of_json(source: bytes) -> str:
    return base64.urlsafe_b64encode(source).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "", "!", "größe", "AAAA", of_json(b"{}"), of_json(b"7"), of_json(b"[]"), of_json(b'["a", 1, 2]'),
        of_json(b"[1, 1]"),
        of_json(b'["a", "b"]'), of_json(b'["a", true]'), of_json(b'["a", 1.5]'), of_json(b'["a\\u0000", 1]'),
        of_json(b'["a", 9223372036854775808]'), of_json(b'["a", 1') , "a" * 10_000,
    ],
)  # fmt: skip
def test_what_we_did_not_hand_out_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        decode(cursor, text, number)


@pytest.mark.parametrize(("rows", "want"), [([], 0), ([1], 1), ([1, 2], 2), ([1, 2, 3], 2)])
def test_a_page_ends_where_the_list_ends(rows: list[int], want: int) -> None:
    page = page_of(rows, 2, lambda row: (row,))
    assert len(page.items) == want
    assert page.next_cursor == (encode((2,)) if len(rows) == 3 else None)
    assert page == Page(rows[:2], page.next_cursor)
