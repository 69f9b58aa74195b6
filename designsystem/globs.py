"""Path globs in the manner of gitignore, anchored at the root, matched in linear time and able to prune a tree walk.

Our own rather than pathspec's because a walk must ask "may anything below this directory match?", which a regular
expression for whole paths cannot answer, and because a pushed manifest must not be able to make a match slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import translate
from functools import lru_cache

MAX_GLOBS = 64
MAX_LENGTH = 256
MAX_PATH = 4096
MEMO_SIZE = 65_536
NEVER = frozenset({".git", "node_modules"})
"""Directories that no glob reaches, at any depth."""
NOWHERE: frozenset[int] = frozenset()


def fault_of(glob: str, separator: str = "/") -> str | None:
    """What is wrong with a glob, in words that follow its name; None when it is sound."""
    body = glob.removeprefix("!")
    if not body.strip(separator):
        return "is empty"
    if len(glob) > MAX_LENGTH:
        return f"is longer than {MAX_LENGTH} characters"
    if separator == "/" and (body.startswith("/") or re.match(r"[A-Za-z]:", body)):
        return "is absolute; globs are relative to the repository's root"
    if "\\" in body or any(ord(character) < 32 or ord(character) == 127 for character in body):
        return "holds a backslash or a control character"
    if body != body.strip():
        return "begins or ends with a space"
    return _fault_of_segments((body.rstrip("/") if separator == "/" else body).split(separator))


def _fault_of_segments(segments: Sequence[str]) -> str | None:
    if ".." in segments:
        return "leaves the repository ('..')"
    if "." in segments or "" in segments:
        return "has an empty or '.' segment"
    if any("**" in segment and segment != "**" for segment in segments):
        return "has '**' beside other characters in a segment; '**' stands alone between slashes"
    if any("{" in segment or "}" in segment for segment in segments):
        return "has braces, which are not supported; write one glob for each alternative"
    return None


class Glob:
    """One compiled glob: its segments as states of a small automaton.

    ``*``, ``?`` and ``[...]`` stay within a segment, ``**`` spans any number of them (at the end at least one). As with
    gitignore, a glob that matches a directory covers everything below it. With another ``separator`` the same holds for
    other names in parts, such as token paths.
    """

    __slots__ = ("_matchers", "_size", "_spans", "negated", "prefix")

    def __init__(self, glob: str, separator: str = "/") -> None:
        self.negated = glob.startswith("!")
        segments = glob.removeprefix("!").strip(separator).split(separator)
        self._matchers = [None if segment == "**" else re.compile(_translated(segment)) for segment in segments]
        self._size = len(segments)
        self._spans = [at for at, segment in enumerate(segments[:-1]) if segment == "**"]
        self.prefix = _literal_prefix(segments, separator)

    def covers(self, segments: Sequence[str]) -> bool:
        """Whether the path itself or one of its parent directories matches."""
        return self._size in self._states(segments)

    def is_exactly(self, segments: Sequence[str]) -> bool:
        """Whether the whole path matches, not merely a parent of it."""
        return self._size in self._states(segments, below=False)

    def may_cover_below(self, segments: Sequence[str]) -> bool:
        """Whether something inside this directory could match."""
        return bool(self._states(segments))

    def begin(self) -> frozenset[int]:
        """Where a match stands before the first part; for those who look at many paths with the same beginning."""
        return self._closure({0})

    def step(self, states: frozenset[int], segment: str, *, below: bool = True) -> frozenset[int]:
        """Where a match stands one part further on; nowhere (empty) when nothing that begins so can match."""
        following = {self._size} if below and self._size in states else set()
        for state in states:
            if state == self._size:
                continue
            matcher = self._matchers[state]
            if matcher is None:
                following |= {state, state + 1}
            elif matcher.match(segment):
                following.add(state + 1)
        return self._closure(following) if following else NOWHERE

    def is_match(self, states: frozenset[int]) -> bool:
        """Whether what has been gone through so far is covered."""
        return self._size in states

    def _states(self, segments: Sequence[str], *, below: bool = True) -> frozenset[int]:
        states = self.begin()
        for segment in segments:
            states = self.step(states, segment, below=below)
            if not states:
                break
        return states

    def _closure(self, states: set[int]) -> frozenset[int]:
        """A ``**`` may match nothing, except at the end, where there must be something for it to match."""
        for state in self._spans:
            if state in states:
                states.add(state + 1)
        return frozenset(states)


class GlobSet:
    """Several globs in order: the last one that matches decides, ``!`` takes out again what an earlier one took in."""

    def __init__(self, globs: Iterable[str]) -> None:
        self._globs = tuple(Glob(glob) for glob in globs)
        self.directory_of = lru_cache(maxsize=MEMO_SIZE)(self._directory_of)
        self.may_hold = lru_cache(maxsize=MEMO_SIZE)(self._may_hold)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The literal directories that every match lies in or under, none inside another; "" is the root."""
        found = sorted({glob.prefix for glob in self._globs if not glob.negated})
        return tuple(
            prefix for prefix in found if not any(_within(prefix, other) for other in found if other != prefix)
        )

    def matches(self, path: str) -> bool:
        """Whether the globs take in this path."""
        segments = _split(path)
        return segments is not None and self._covers(segments)

    def _directory_of(self, directory: str) -> str | None:
        """The shortest of a directory and its parents that the globs take in."""
        segments = _split(directory)
        if segments is None:
            return None
        lengths = range(1, len(segments) + 1)
        return next(("/".join(segments[:length]) for length in lengths if self._covers(segments[:length])), None)

    def _may_hold(self, directory: str) -> bool:
        """Whether a walk has reason to look inside a directory ("" is the root); may err on the side of looking."""
        if not directory:
            return any(not glob.negated for glob in self._globs)
        segments = _split(directory)
        return segments is not None and any(not g.negated and g.may_cover_below(segments) for g in self._globs)

    def _covers(self, segments: Sequence[str]) -> bool:
        for glob in reversed(self._globs):
            if glob.covers(segments):
                return not glob.negated
        return False


@lru_cache(maxsize=256)
def glob_set(globs: tuple[str, ...]) -> GlobSet:
    """The compiled form of globs that :func:`fault_of` finds sound; the same globs share one object and its memory."""
    return GlobSet(globs)


def _split(path: str) -> list[str] | None:
    segments = path.split("/")
    return None if len(path) > MAX_PATH or not path or not NEVER.isdisjoint(segments) else segments


def _translated(segment: str) -> str:
    """fnmatch's regular expression: its stars are atomic groups, so matching does not backtrack."""
    return translate(segment.replace("[^", "[!"))


def _literal_prefix(segments: Sequence[str], separator: str) -> str:
    literal: list[str] = []
    for segment in segments[:-1]:
        if any(character in segment for character in "*?["):
            break
        literal.append(segment)
    return separator.join(literal)


def _within(path: str, directory: str) -> bool:
    return not directory or path.startswith(f"{directory}/")
