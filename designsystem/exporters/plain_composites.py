"""Values of plain token files that need the whole rules: composites, aliases inside values, weights by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from designsystem.exporters.entries import data_value
from designsystem.exporters.plain_values import Answer, NotPlain
from designsystem.exporters.scss import literal
from designsystem.exporters.values import css_value, typography_parts
from designsystem.tokens.aliases import substitute
from designsystem.tokens.token import Resolved
from designsystem.tokens.types.registry import check_value


def converted(type_: str, value: Any, look_up: Callable[[str], Answer]) -> Answer:
    """The value with the aliases inside it followed, converted; raises NotPlain where there is any fault in it."""
    findings = check_value(type_, value)
    if findings.found:
        raise NotPlain
    for reference in findings.references:
        target = look_up(reference.path)
        expected = not reference.expected or target.type in reference.expected
        in_list = bool(reference.at) and type(reference.at[-1]) is int
        if reference.steps or not expected or (in_list and type(target.value) is list):
            raise NotPlain
    whole = substitute(value, lambda path: look_up(path).value) if findings.references else value
    css = css_value(type_, whole)
    parts = (typography_parts(whole) or {}) if type_ == "typography" else {}
    if css is None and not parts:
        raise NotPlain
    data = data_value(Resolved(type_, whole), css, parts)
    answer = Answer(type_, whole, css, None if css is None else literal(css), data)
    answer.parts = tuple((part, text, literal(text)) for part, text in parts.items())
    return answer
