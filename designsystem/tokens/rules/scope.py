"""What one check of a set looks at, worked out once for all rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from designsystem.problem import Problem, Severity
from designsystem.tokens.document import TokenDocument
from designsystem.tokens.token import Resolved, Token
from designsystem.tokens.types.findings import Reference

if TYPE_CHECKING:
    from designsystem.tokens.set import TokenSet


Declaration = tuple[TokenDocument, Token]
"""A token as one file declares it."""

Referral = tuple[TokenDocument, Token, Reference, Resolved | None]
"""A reference where it is stated, and what the token that it leads to resolves to; None where that is broken. (Plain
tuples: there are many.)"""


class Scope:
    """The part of a set that is checked: all of it, or what differs from another set and what that reaches.

    ``documents`` are the files at stake, ``declarations`` the tokens that refer to others. ``paths`` are the tokens of
    those files (None: every token), ``clashing`` those of all files that may be groups elsewhere.
    """

    def __init__(self, token_set: TokenSet, since: TokenSet | None) -> None:
        self.set = token_set
        self.paths: set[str] | None = None
        if since is None:
            self.documents = list(token_set.documents.values())
            self.declarations = [
                (document, document.tokens[path]) for document in self.documents for path in document.references
            ]
            self.clashing = self._token_and_group()
        else:
            names = token_set.changed_documents(since)
            self.documents = [token_set.documents[name] for name in names if name in token_set.documents]
            self.declarations = list(self._reached(since))
            self.paths = {path for document in self.documents for path in document.tokens}
            self.clashing = self._token_and_group()
            self.clashing.update(path for path in self.paths if self.is_group(path))
        self.stated = [each for each in self.declarations if each[1].path not in each[0].inherited]
        """The declarations without those that a group inherits: what is wrong with these is told where they stand."""
        self.referrals = list(self._referrals())

    def is_group(self, path: str) -> bool:
        """Whether any file has a group at a path."""
        return any(path in document.groups for document in self.set.documents.values())

    def _token_and_group(self) -> set[str]:
        return {path for document in self.documents for path in document.groups if path in self.set.tokens}

    def _referrals(self) -> Iterator[Referral]:
        resolve = self.set.resolve
        for document, token in self.stated:
            for reference in document.references[token.path]:
                yield document, token, reference, resolve(reference.path)

    def _reached(self, since: TokenSet) -> Iterator[Declaration]:
        """What changed, whatever refers to it, and whatever broken those refer to."""
        reach = self.set.reach(self.set.changed_paths(since))
        for document in self.documents:
            reach.update(document.references)
        waiting = list(reach)
        while waiting:
            token = self.set.get(waiting.pop())
            if token is None or not token.alias_paths or self.set.resolve(token.path) is not None:
                continue
            fresh = [target for target in token.alias_paths if target not in reach and target in self.set.tokens]
            reach.update(fresh)
            waiting.extend(fresh)
        for path in reach:
            for token in self.set.declarations(path):
                if token.alias_paths:
                    document = self.set.documents[token.file]
                    yield document, document.tokens[path]


def at_name(token: Token, code: str, message: str, severity: Severity = "error") -> Problem:
    """A problem of a token as a whole."""
    return Problem(code, message, token.file, token.pointer, token.line, token.column, token.path, severity)
