"""What every exporter takes and gives: the job, and the exported text with its problems."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from designsystem.exporters.text import comment_lines, heading_lines
from designsystem.problem import Problem
from designsystem.tokens.aliases import alias_of
from designsystem.tokens.token import Resolved, Token


@dataclass(frozen=True, slots=True)
class Header:
    """Where an export comes from; None where there is no release or no commit (an unsaved checkout)."""

    system: str
    version: str | None = None
    commit: str | None = None

    def lines(self) -> list[str]:
        """The header comment by line, without comment signs."""
        return heading_lines(self.system, self.version, self.commit)

    def as_dict(self) -> dict[str, str]:
        """The header for formats without comments."""
        parts = {"system": self.system, "version": self.version, "commit": self.commit}
        return {key: value for key, value in parts.items() if value}


@dataclass(frozen=True, slots=True)
class Exported:
    """One exported file: its text, ``media_type``, file ``extension`` without dot, and what could not be exported."""

    content: str
    media_type: str
    extension: str
    problems: list[Problem] = field(default_factory=list)

    @property
    def data(self) -> bytes:
        """The bytes to write or send."""
        return self.content.encode("utf-8")


@dataclass(frozen=True, slots=True)
class Entry:
    """A token that resolves.

    ``css`` is its value as CSS text, None where CSS cannot say it; ``parts`` a typography's CSS properties; ``value``
    what formats that hold data write.
    """

    token: Token
    resolved: Resolved
    css: str | None
    parts: Mapping[str, str]
    value: Any

    @property
    def path(self) -> str:
        """The token's path."""
        return self.token.path

    def notes(self) -> list[str]:
        """Description and deprecation as safe comment lines."""
        lines = self.description()
        if self.deprecation is not None:
            lines.append(f"@deprecated {self.deprecation}".strip())
        return lines

    def description(self) -> list[str]:
        """The description as safe comment lines."""
        return comment_lines(self.token.description or "")

    @property
    def alias(self) -> str | None:
        """The path of the token that this one is an alias of, as a whole."""
        return alias_of(self.token.value)

    @property
    def deprecation(self) -> str | None:
        """Why not to use the token, in one line and perhaps empty; None for one that may be used."""
        if not self.token.deprecated:
            return None
        reason = self.token.deprecated if isinstance(self.token.deprecated, str) else ""
        return " ".join(comment_lines(reason))

    def problem(self, code: str, message: str) -> Problem:
        """A problem that stands where the token is declared."""
        token = self.token
        return Problem(code, message, token.file, token.pointer, token.line, token.column, token.path)


@dataclass(frozen=True, slots=True)
class Block:
    """The tokens that have other values under some contexts: ``contexts`` are pairs of a modifier and its context."""

    contexts: tuple[tuple[str, str], ...]
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Job:
    """One export: the entries in order, where they come from, and what was asked for.

    ``prefix`` begins every name; with ``aliases`` a format that has variables keeps a token that is an alias of
    another as one; ``blocks`` are the themes of formats that can hold them (``Format.themes``), the least particular
    first, and with ``media`` the contexts named light and dark follow the reader's system.
    """

    entries: Sequence[Entry]
    header: Header
    prefix: str = ""
    aliases: bool = False
    blocks: Sequence[Block] = ()
    media: bool = False


Render = Callable[[Job], tuple[str, list[Problem]]]
"""What to write → text and problems."""


@dataclass(frozen=True, slots=True)
class Format:
    """One export format, as the registry holds it.

    ``example`` is a short piece of output for documentation. With ``escapes`` a lone surrogate is written as
    ``\\uXXXX``, where the format reads that; elsewhere the replacement character stands for it.
    """

    name: str
    media_type: str
    extension: str
    render: Render
    title: str = ""
    example: str = ""
    escapes: bool = False
    themes: bool = False


class Names:
    """Hands out the names of one export; a name that is taken becomes a problem, never a silent overwrite.

    ``consequence`` says what a token that gets no name loses; ``key`` maps names to what the platform tells apart.
    """

    def __init__(
        self,
        consequence: str = "it is left out",
        *,
        reserved: Sequence[str] = (),
        key: Callable[[str], str] = str,
    ) -> None:
        self._consequence = consequence
        self._key = key
        self._owners = {key(name): f"the export's own {name}" for name in reserved}
        self.problems: list[Problem] = []

    def claim(self, name: str, entry: Entry, code: str) -> bool:
        """Whether the name was free; it is now this entry's."""
        owner = self._owners.setdefault(self._key(name), entry.path)
        if owner == entry.path:
            return True
        self.problems.append(entry.problem(code, f"the name {name} is already taken by {owner}; {self._consequence}"))
        return False
