"""Names of tokens and groups (DTCG Format §5.1.1)."""

from __future__ import annotations

import pytest

from designsystem.tokens.names import natural_key, why_bad_name, why_bad_path


@pytest.mark.parametrize("name", ["a", "500", "Brand Primary", "a-b_c", "é", "a$", "/~"])
def test_good_names(name: str) -> None:
    assert why_bad_name(name) is None


@pytest.mark.parametrize("name", ["", "$a", "a.b", "{a", "a}", "a\nb", "\x7f", "x" * 256])
def test_bad_names(name: str) -> None:
    assert why_bad_name(name)


@pytest.mark.parametrize("path", ["", "a.", ".a", "a..b", "a.$b", "x." * 600 + "x"])
def test_bad_paths(path: str) -> None:
    assert why_bad_path(path)


def test_numbers_in_names_count_as_numbers() -> None:
    assert sorted(["100", "50", "1000", "a10", "a9", "a"], key=natural_key) == ["50", "100", "1000", "a", "a9", "a10"]
