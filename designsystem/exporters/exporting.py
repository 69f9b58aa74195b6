"""Writes a token set in one format: what every exporter has in common is done here."""

from __future__ import annotations

import re
from collections.abc import Sequence

from designsystem.exporters.entries import collect
from designsystem.exporters.exported import Block, Exported, Format, Header, Job
from designsystem.exporters.registry import format_called, formats
from designsystem.exporters.text import MAX_PREFIX, is_prefix
from designsystem.exporters.themes import Themes
from designsystem.tokens.set import TokenSet

__all__ = ["MAX_PREFIX", "InvalidPrefix", "NoThemes", "export"]

_SURROGATE = re.compile("[\ud800-\udfff]")


class InvalidPrefix(ValueError):
    """The prefix is no plain word."""


class NoThemes(ValueError):
    """A format holds one set of values only."""


def export(
    name: str,
    tokens: TokenSet,
    header: Header,
    *,
    prefix: str = "",
    aliases: bool = False,
    themes: Themes | None = None,
    media: bool = False,
) -> Exported:
    """Write a token set in the format of this name; equal arguments give equal bytes.

    Aliases are followed, unless ``aliases`` asks a format that has variables to keep them where a whole token is one.
    ``themes`` (:func:`themed`) are written as blocks of what differs from ``tokens``, which are then ``themes.base``;
    with ``media`` contexts named light and dark become media queries. Raises UnknownFormat, NoThemes, and
    InvalidPrefix for what is not up to 64 letters, digits, ``-`` and ``_``, a letter first. Tokens that cannot be
    exported are left out and stand among the problems.
    """
    chosen = format_called(name)
    if prefix and not is_prefix(prefix):
        raise InvalidPrefix(
            f"the prefix {prefix!r} is not made of letters, digits, '-' and '_' beginning with a letter"
        )
    if themes is not None and not chosen.themes:
        able = ", ".join(each.name for each in formats().values() if each.themes)
        raise NoThemes(f"{name} holds one theme at a time; formats for several are {able}")
    entries, problems = collect(tokens)
    blocks: Sequence[Block] = ()
    if themes is not None:
        blocks = themes.blocks
        problems += themes.problems
    content, more = chosen.render(Job(entries, header, prefix, aliases, blocks, media))
    return Exported(_encodable(content, chosen), chosen.media_type, chosen.extension, [*problems, *more])


def _encodable(content: str, chosen: Format) -> str:
    """Lone surrogates, which only escapes can spell, are escaped again, or replaced where that has no meaning."""
    if not chosen.escapes:
        return _SURROGATE.sub("\ufffd", content)
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", content)
