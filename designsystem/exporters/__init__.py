"""Design tokens as the files that platforms read: one module per format, found by name in ``FORMATS``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from designsystem.exporters import css, javascript, nested_json, scss, typescript
from designsystem.exporters.entries import collect
from designsystem.exporters.exported import Exported, Format, Header
from designsystem.tokens.set import TokenSet

__all__ = ["FORMATS", "MAX_PREFIX", "Exported", "Format", "Header", "InvalidPrefix", "UnknownFormat", "export"]

FORMATS: Mapping[str, Format] = {
    module.FORMAT.name: module.FORMAT for module in (css, scss, nested_json, javascript, typescript)
}

MAX_PREFIX = 64

_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_SURROGATE = re.compile("[\ud800-\udfff]")


class UnknownFormat(ValueError):
    """No exporter goes by this name."""


class InvalidPrefix(ValueError):
    """The prefix is no plain word."""


def export(name: str, tokens: TokenSet, header: Header, *, prefix: str = "") -> Exported:
    """Write a token set in the format of this name, aliases resolved; equal arguments give equal bytes.

    Raises UnknownFormat, and InvalidPrefix for what is not up to 64 letters, digits, ``-`` and ``_``, a letter first.
    Tokens that cannot be exported are left out and stand among the problems.
    """
    if name not in FORMATS:
        raise UnknownFormat(f"unknown export format {name!r}; there are {', '.join(FORMATS)}")
    if prefix and (len(prefix) > MAX_PREFIX or not _PREFIX.fullmatch(prefix)):
        raise InvalidPrefix(
            f"the prefix {prefix!r} is not made of letters, digits, '-' and '_' beginning with a letter"
        )
    entries, problems = collect(tokens)
    chosen = FORMATS[name]
    content, more = chosen.render(entries, header, prefix)
    return Exported(_encodable(content, chosen), chosen.media_type, chosen.extension, [*problems, *more])


def _encodable(content: str, chosen: Format) -> str:
    """Lone surrogates, which only escapes can spell, are escaped again, or replaced where that has no meaning (CSS)."""
    if chosen.extension in ("css", "scss"):
        return _SURROGATE.sub("\ufffd", content)
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", content)
