"""Sums in token values, such as ``{space.base} * 2``: worked out, since the format has no expressions."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Final, NamedTuple

from designsystem.importers.drafts import NotCarried

_LEXEME = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?P<unit>[a-zA-Z]+|%(?!\s*[\d(]))?"
    r"|(?P<word>[a-zA-Z_]\w*)|\{(?P<reference>[^{}]+)\}|(?P<sign>\*\*|[-+*/%^(),]))"
)
_LONGEST: Final = 400
_MOST_LEXEMES: Final = 200
_DIGITS: Final = 4


class Measure(NamedTuple):
    """A number and its unit, which is empty where there is none."""

    number: float
    unit: str = ""


_CALLS: Final[dict[str, Callable[..., float]]] = {
    "abs": abs,
    "ceil": math.ceil,
    "floor": math.floor,
    "max": max,
    "min": min,
    "pow": lambda base, power: base**power,
    "round": lambda number: math.floor(number + 0.5),
    "roundTo": lambda number, digits=0: math.floor(number * 10**digits + 0.5) / 10**digits,
    "sqrt": math.sqrt,
    "calc": lambda number: number,
}


def work_out(text: str, look_up: Callable[[str], Measure]) -> Measure:
    """What a sum comes to, rounded to four digits; ``look_up`` knows the measures that references stand for.

    Raises NotCarried where the text is no sum, or one of units that do not go together.
    """
    try:
        result = _Sum(text, look_up).read()
        number = round(result.number, _DIGITS)
        if not math.isfinite(number):
            raise NotCarried(f'"{text[:80]}" comes to no number')
    except (ArithmeticError, ValueError, TypeError) as error:
        if isinstance(error, NotCarried):
            raise
        raise NotCarried(f'"{text[:80]}" cannot be worked out: {error}') from error
    return Measure(int(number) if number == int(number) else number, result.unit)


class _Lexeme(NamedTuple):
    kind: str
    text: str
    unit: str = ""


def _lexemes(text: str) -> list[_Lexeme]:
    if len(text) > _LONGEST:
        raise NotCarried("this sum is too long to be worked out")
    found: list[_Lexeme] = []
    at = 0
    text = text.strip()
    while at < len(text):
        match = _LEXEME.match(text, at)
        if match is None or len(found) > _MOST_LEXEMES:
            raise NotCarried(f'"{text[:80]}" is no number, no measure and no sum')
        kind = str(match.lastgroup) if match.lastgroup != "unit" else "number"
        found.append(_Lexeme(kind, match[kind], match["unit"] or ""))
        at = match.end()
    return found


class _Sum:
    """Reads by descent: sums of products of powers, brackets and calls."""

    def __init__(self, text: str, look_up: Callable[[str], Measure]) -> None:
        self.text = text
        self.look_up = look_up
        self.rest = _lexemes(text)[::-1]

    def read(self) -> Measure:
        result = self._sum()
        if self.rest:
            raise NotCarried(f'"{self.text[:80]}" holds more than one value, and no type of the format takes that')
        return result

    def _next(self, *signs: str) -> str | None:
        if self.rest and self.rest[-1].kind == "sign" and self.rest[-1].text in signs:
            return self.rest.pop().text
        return None

    def _sum(self) -> Measure:
        left = self._product()
        while sign := self._next("+", "-"):
            right = self._product()
            unit = _common(left, right)
            left = Measure(left.number + (right.number if sign == "+" else -right.number), unit)
        return left

    def _product(self) -> Measure:
        left = self._signed()
        while sign := self._next("*", "/", "%"):
            right = self._signed()
            unit = _common(left, right)
            if sign == "*":
                left = Measure(left.number * right.number, unit)
            elif sign == "/":
                left = Measure(left.number / right.number, "" if left.unit == right.unit else unit)
            else:
                left = Measure(math.fmod(left.number, right.number), unit)
        return left

    def _signed(self) -> Measure:
        if self._next("-"):
            found = self._signed()
            return Measure(-found.number, found.unit)
        if self._next("+"):
            return self._signed()
        return self._power()

    def _power(self) -> Measure:
        base = self._single()
        if self._next("^", "**"):
            power = self._signed()
            if abs(power.number) > _DIGITS * 10:
                raise NotCarried(f'"{self.text[:80]}" raises to too high a power')
            return Measure(float(base.number**power.number), base.unit)
        return base

    def _single(self) -> Measure:
        if self._next("("):
            inner = self._sum()
            self._close()
            return inner
        if not self.rest:
            raise NotCarried(f'"{self.text[:80]}" is a sum without its end')
        lexeme = self.rest.pop()
        if lexeme.kind == "number":
            return Measure(float(lexeme.text), lexeme.unit)
        if lexeme.kind == "reference":
            return self.look_up(lexeme.text)
        if lexeme.kind == "word":
            return self._call(lexeme.text)
        raise NotCarried(f'"{self.text[:80]}" cannot be worked out: "{lexeme.text}" stands where a number belongs')

    def _call(self, name: str) -> Measure:
        call = _CALLS.get(name)
        if call is None or not self._next("("):
            raise NotCarried(f'"{self.text[:80]}" is no number, no measure and no sum')
        arguments = [self._sum()]
        while self._next(","):
            arguments.append(self._sum())
        self._close()
        unit = next((argument.unit for argument in arguments if argument.unit), "")
        for argument in arguments:
            _common(argument, Measure(0, unit))
        return Measure(float(call(*(argument.number for argument in arguments))), unit)

    def _close(self) -> None:
        if not self._next(")"):
            raise NotCarried(f'"{self.text[:80]}" lacks a closing bracket')


def _common(left: Measure, right: Measure) -> str:
    if left.unit and right.unit and left.unit != right.unit:
        raise NotCarried(f"{left.unit} and {right.unit} cannot be reckoned together")
    return left.unit or right.unit
