"""Guards: sums come to what school says, keep their unit, and say why where they come to nothing."""

from __future__ import annotations

import pytest

from designsystem.importers.arithmetic import Measure, work_out
from designsystem.importers.drafts import NotCarried

KNOWN = {"a": Measure(8, "px"), "b.c": Measure(2, ""), "r": Measure(1, "rem")}


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("1 + 2 * 3", Measure(7)),
        ("(1 + 2) * 3", Measure(9)),
        ("8 / 4 / 2", Measure(1)),
        ("2 ^ 3 ^ 2", Measure(512)),
        ("-2 ^ 2", Measure(-4)),
        ("--3", Measure(3)),
        ("7 % 4", Measure(3)),
        ("{a} * {b.c}", Measure(16, "px")),
        ("{a}/{a}", Measure(1)),
        ("{a}-1", Measure(7, "px")),
        ("1.5e2px", Measure(150, "px")),
        (".5rem", Measure(0.5, "rem")),
        ("50%", Measure(50, "%")),
        ("round(2.5) + floor(1.9) + ceil(1.1) + abs(-1)", Measure(7)),
        ("min(3px, {a}, 5)", Measure(3, "px")),
        ("pow(2, 10) / sqrt(4)", Measure(512)),
        ("roundTo(1.256, 2)", Measure(1.26)),
        ("calc({a} * 2)", Measure(16, "px")),
    ],
)
def test_a_sum_is_worked_out(text: str, want: Measure) -> None:
    assert work_out(text, KNOWN.__getitem__) == want


LONG = ("(" * 300, "1+" * 150 + "1")
WRONG = "|1 +|1 2|(1|1)|{a} + {r}|1 / 0|sqrt(-1)|9 ^ 99|9 ^ 40 ^ 9|red|nope(1)|abs()|1 $ 2|pow(10, 999)|max|abs(1, 2)"


@pytest.mark.parametrize("text", [*WRONG.split("|"), *LONG, "roundTo(1, 9999)", "roundTo(1, 0.5, 3)"])
def test_what_is_no_sum_says_so(text: str) -> None:
    with pytest.raises(NotCarried):
        work_out(text, KNOWN.__getitem__)
