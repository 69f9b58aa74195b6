"""What happened and to what, in words: the cells and sentences that every report of changes is made of."""

from __future__ import annotations

import json
import re
from typing import Any

from designsystem.compare.change import Change, Kind
from designsystem.exporters.colors import color_text

_WORDS = {
    Kind.TOKEN_ADDED: "added",
    Kind.TOKEN_REMOVED: "removed",
    Kind.TOKEN_RENAMED: "renamed",
    Kind.TOKEN_MOVED: "renamed, the old name stays as a deprecated alias",
    Kind.TOKEN_RETYPED: "has another type",
    Kind.TOKEN_VALUE: "has another value",
    Kind.TOKEN_ALIAS: "refers to another token",
    Kind.TOKEN_RESOLVED: "stands for something else through what it refers to",
    Kind.TOKEN_DEPRECATED: "deprecated",
    Kind.TOKEN_RESTORED: "no longer deprecated",
    Kind.TOKEN_TEXT: "is described otherwise",
    Kind.CONTEXT_ADDED: "has a new context",
    Kind.CONTEXT_REMOVED: "lost the context",
    Kind.COMPONENT_ADDED: "added",
    Kind.COMPONENT_REMOVED: "removed",
    Kind.COMPONENT_RENAMED: "renamed",
    Kind.COMPONENT_MOVED: "lies in another folder",
    Kind.PROP_ADDED: "has the new prop",
    Kind.PROP_REMOVED: "lost the prop",
    Kind.PROP_RETYPED: "takes something else as the prop",
    Kind.PROP_WIDENED: "takes more as the prop",
    Kind.PROP_REQUIRED: "requires the prop",
    Kind.PROP_OPTIONAL: "no longer requires the prop",
    Kind.PROP_TEXT: "has another text or default of the prop",
    Kind.CODE: "has other code",
    Kind.DOCUMENTATION: "is documented otherwise",
}


def words_of(change: Change) -> str:
    """What happened, in words."""
    return _WORDS[change.kind] + (f" {change.field}" if change.field else "")


def reason_of(change: Change) -> str:
    """One sentence of plain text: what it is about, what happened, and what to use instead."""
    return f"{change.subject}: {happening_of(change)}"


def happening_of(change: Change) -> str:
    """The same for those who say by themselves what it is about."""
    sure = "" if change.confidence == 1 else f" ({change.confidence:.0%} sure)"
    was = f" from {change.old_subject}" if change.kind is Kind.TOKEN_RENAMED else ""
    instead = f"; use {change.replaced_by}" if change.replaced_by is not None else ""
    return f"{words_of(change)}{was}{sure}{instead}{where(change)}"


def where(change: Change) -> str:
    """The themes in which alone a change shows; empty for one that shows in the system's own tokens."""
    return f" (in {', '.join(change.contexts)})" if change.contexts else ""


def code_span(text: str) -> str:
    """Text as code in Markdown, whatever it holds (CommonMark §6.1)."""
    plain = " ".join(text.split())
    longest = max((len(run) for run in re.findall("`+", plain)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def shown(value: Any) -> str:
    """One side of a change in a cell: a colour as CSS, a dimension with its unit, an alias with what it stands for."""
    if value is None:
        return ""
    if isinstance(value, dict) and "value" in value and {"unit", "value"} != value.keys():
        plain = shown_value(value["value"])
        return f"{plain} = {shown_value(value['resolved'])}" if "resolved" in value else plain
    return shown_value(value)


def shown_value(value: Any) -> str:
    """A value, short."""
    if isinstance(value, dict):
        if value.keys() == {"value", "unit"}:
            return f"{value['value']}{value['unit']}"
        color = color_text(value) if "colorSpace" in value else None
        if color is not None:
            return color
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:79]}…"


def told_apart(*values: Any) -> list[str]:
    """Values that contradict one another, each short and on one line; as JSON where they would look alike."""
    texts = [" ".join(shown_value(value).split()) or '""' for value in values]
    if len(set(texts)) == len(texts):
        return texts
    return [
        " ".join(json.dumps(value, ensure_ascii=False).split()) if type(value) is dict else text
        for value, text in zip(values, texts, strict=True)
    ]


def swatch_of(value: Any) -> str | None:
    """The colour of one side of a change as CSS, for those who can show it; None where it is none."""
    plain = value.get("resolved", value.get("value")) if isinstance(value, dict) else None
    return color_text(plain) if isinstance(plain, dict) and "colorSpace" in plain else None
