from __future__ import annotations

from index.kept import Kept


def test_the_least_recently_used_goes_first_above_the_budget() -> None:
    kept: Kept[str, int] = Kept(10)
    kept.keep("a", 1, 4)
    kept.keep("b", 2, 4)
    assert kept.get("a") == 1
    kept.keep("c", 3, 4)
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (1, None, 3)


def test_what_is_kept_anew_counts_once_and_what_is_too_large_not_at_all() -> None:
    kept: Kept[str, int] = Kept(10)
    for value in range(5):
        kept.keep("a", value, 6)
    kept.keep("b", 1, 4)
    kept.keep("large", 1, 11)
    assert (kept.get("a"), kept.get("b"), kept.get("large")) == (4, 1, None)
