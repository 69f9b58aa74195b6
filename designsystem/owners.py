"""The OWNERS file: which people must have a hand in a change of which paths, tokens and components.

A line is a pattern and its owners, ``#`` begins a comment, and of the lines that match the last one decides. A pattern
is a path in the manner of gitignore, ``token:`` with a dotted token path, or ``component:`` with a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from designsystem import codes
from designsystem.globs import Glob, fault_of
from designsystem.problem import Problem

OWNERS_PATH: Final = "OWNERS"
MAX_BYTES: Final = 64 * 1024
MAX_RULES: Final = 500
MAX_OWNERS: Final = 20

Kind = Literal["path", "token", "component"]
OwnerKind = Literal["user", "email", "role"]

_WORD: Final = re.compile(r"[^ \t]+")
_USER: Final = re.compile(r"@[^\s@:/]{1,100}")
_EMAIL: Final = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}")
_ROLES: Final = ("editor", "admin")
_SEPARATORS: Final[dict[Kind, str]] = {"path": "/", "token": ".", "component": "\0"}


@dataclass(frozen=True, slots=True)
class Owner:
    """One owner: a user name, an e-mail address (both in lower case) or a role."""

    kind: OwnerKind
    name: str

    def __str__(self) -> str:
        return {"user": "@", "email": "", "role": "role:"}[self.kind] + self.name


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody as the file may name them: ``email`` only once it is verified, ``role`` what they may do here."""

    username: str = ""
    email: str = ""
    role: str = ""

    def is_among(self, owners: tuple[Owner, ...]) -> bool:
        """Whether one of these owners is this person."""
        mine = {Owner("user", self.username.lower()), Owner("email", self.email.lower())}
        roles = {"editor": {"editor"}, "admin": {"editor", "admin"}}.get(self.role, set())
        return any(owner in mine or (owner.kind == "role" and owner.name in roles) for owner in owners)


@dataclass(frozen=True, slots=True)
class Touched:
    """One thing that a change touches: a file, and the token or component in it where that is what differs."""

    path: str
    token: str = ""
    component: str = ""


@dataclass(frozen=True, slots=True)
class OwnerRule:
    """One line. Without ``owners`` it takes out again what an earlier line took in; ``broken`` says that it names
    some, but none that can be read: then it is the administrators' alone."""

    line: int
    pattern: str
    kind: Kind
    owners: tuple[Owner, ...]
    broken: bool
    glob: Glob

    @property
    def is_free(self) -> bool:
        """Whether everybody who may write may write this."""
        return not self.owners and not self.broken


@dataclass(frozen=True, slots=True)
class Owners:
    """A whole file. One that is not ``readable`` leaves everything to the administrators until it is repaired."""

    rules: tuple[OwnerRule, ...] = ()
    readable: bool = True

    def rule_for(self, touched: Touched) -> OwnerRule | None:
        """The line that decides, None where nobody owns it; see :class:`Lookup` for many of them."""
        return Lookup(self).rule_for(touched)

    def names(self, kind: Kind) -> bool:
        """Whether any line is of that kind; what no line asks for need not be found out."""
        return any(rule.kind == kind for rule in self.rules)


_Live = list[tuple[int, OwnerRule, frozenset[int]]]
"""Rules that can still match what begins so, the last one first: position, rule, and where its match stands."""


class Lookup:
    """Finds the deciding lines for many things; those that come in order share the work of what they begin with."""

    def __init__(self, owners: Owners) -> None:
        numbered = list(enumerate(owners.rules))[::-1]
        self._rules = owners.rules
        self._begin: dict[Kind, _Live] = {
            kind: [(at, rule, rule.glob.begin()) for at, rule in numbered if rule.kind == kind] for kind in _SEPARATORS
        }
        self._chains: dict[Kind, list[tuple[str, _Live]]] = {kind: [] for kind in _SEPARATORS}

    def rule_for(self, touched: Touched) -> OwnerRule | None:
        """The line that decides, None where nobody owns it.

        Of the file itself only a line that names it decides: ``*`` gives nobody the right to give rights.
        """
        if touched.path == OWNERS_PATH:
            named = (rule for rule in reversed(self._rules) if rule.kind == "path" and rule.owners)
            return next((rule for rule in named if rule.pattern.removeprefix("/") == OWNERS_PATH), None)
        names: dict[Kind, str] = {"path": touched.path, "token": touched.token, "component": touched.component}
        last = max((self._last(kind, name) for kind, name in names.items() if name), default=-1)
        return self._rules[last] if last >= 0 else None

    def _last(self, kind: Kind, name: str) -> int:
        """The position of the last rule of a kind that covers a name; -1 where none does."""
        *above, leaf = name.split(_SEPARATORS[kind])
        for at, rule, states in self._live(kind, above):
            if rule.glob.is_match(rule.glob.step(states, leaf)):
                return at
        return -1

    def _live(self, kind: Kind, parts: list[str]) -> _Live:
        chain = self._chains[kind]
        same = 0
        while same < min(len(chain), len(parts)) and chain[same][0] == parts[same]:
            same += 1
        del chain[same:]
        live = chain[-1][1] if chain else self._begin[kind]
        for part in parts[same:]:
            live = [(at, rule, on) for at, rule, states in live if (on := rule.glob.step(states, part))]
            chain.append((part, live))
        return live


UNREADABLE: Final = Owners(readable=False)


@lru_cache(maxsize=32)
def parse_owners(source: bytes) -> tuple[Owners, tuple[Problem, ...]]:
    """The rules of a file and everything wrong with it. A line with a fault still guards what it can be seen to."""
    if len(source) > MAX_BYTES:
        return UNREADABLE, (_fault(f"the file is larger than the {MAX_BYTES:,} bytes that are allowed"),)
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError:
        return UNREADABLE, (_fault("the file is not UTF-8 text"),)
    rules: list[OwnerRule] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), start=1):
        words = list(_words(line.removesuffix("\r")))
        if not words:
            continue
        if len(rules) == MAX_RULES:
            return UNREADABLE, (*problems, _fault(f"more than {MAX_RULES} lines with patterns", number, 1))
        rule = _rule(number, words, problems)
        if rule is not None:
            rules.append(rule)
    return Owners(tuple(rules)), tuple(problems)


def not_a_file() -> Problem:
    """The fault of an OWNERS that is a symbolic link or submodule."""
    return _fault("OWNERS must be a file of its own, no link")


def _words(line: str) -> Iterator[tuple[str, int]]:
    """The words of a line up to a comment, each with its column."""
    for match in _WORD.finditer(line):
        if match[0].startswith("#"):
            return
        yield match[0], match.start() + 1


def _rule(number: int, words: list[tuple[str, int]], problems: list[Problem]) -> OwnerRule | None:
    (pattern, column), *named = words
    kind, glob, fault = _compiled(pattern)
    if fault is not None or glob is None:
        problems.append(_fault(f"the pattern {pattern[:80]} {fault}", number, column, codes.OWNERS_PATTERN))
        return None
    if len(named) > MAX_OWNERS:
        message = f"{len(named)} owners on one line, {MAX_OWNERS} are allowed"
        problems.append(_fault(message, number, named[MAX_OWNERS][1], codes.OWNERS_OWNER))
    owners = []
    for word, at in named[:MAX_OWNERS]:
        owner = _owner(word)
        if owner is None:
            message = f"{word[:80]} is no owner; write @username, an e-mail address, role:editor or role:admin"
            problems.append(_fault(message, number, at, codes.OWNERS_OWNER))
        else:
            owners.append(owner)
    return OwnerRule(number, pattern, kind, tuple(owners), bool(named) and not owners, glob)


def _compiled(pattern: str) -> tuple[Kind, Glob | None, str | None]:
    """Of what kind a pattern is, its compiled form, and what is wrong with it."""
    kind: Kind = "path"
    body = _anchored(pattern)
    for prefixed in ("token", "component"):
        if pattern.startswith(f"{prefixed}:"):
            kind, body = prefixed, pattern.partition(":")[2]
    if pattern.startswith("!") or body.startswith("!"):
        return kind, None, "begins with '!'; a line without owners frees what an earlier one took in"
    fault = fault_of(body, _SEPARATORS[kind])
    return kind, None if fault else Glob(body, _SEPARATORS[kind]), fault


def _anchored(pattern: str) -> str:
    """As gitignore has it: with a slash in it (not at its end) a path is one from the root, without at any depth."""
    if "/" in pattern.rstrip("/"):
        return pattern.removeprefix("/")
    return f"**/{pattern}"


def _owner(word: str) -> Owner | None:
    if word.startswith("role:"):
        role = word.removeprefix("role:")
        return Owner("role", role) if role in _ROLES else None
    if _USER.fullmatch(word):
        return Owner("user", word[1:].lower())
    return Owner("email", word.lower()) if _EMAIL.fullmatch(word) else None


def _fault(message: str, line: int = 0, column: int = 0, code: str = codes.OWNERS_FILE) -> Problem:
    return Problem(code, message, OWNERS_PATH, line=line, column=column)
