"""The rules that only the whole set can tell: aliases, cycles, types through aliases, clashes and repeats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

from designsystem import codes
from designsystem.problem import Problem, Severity
from designsystem.tokens.aliases import is_single_object
from designsystem.tokens.cycles import cycles_among
from designsystem.tokens.document import TokenDocument
from designsystem.tokens.pointers import walk
from designsystem.tokens.suggest import Suggester
from designsystem.tokens.token import EXTENSION_KEY, Resolved, Token
from designsystem.tokens.types.findings import Reference
from designsystem.tokens.types.registry import TYPES, check_value

if TYPE_CHECKING:
    from designsystem.tokens.set import TokenSet


class Checker:
    """One check of one set."""

    def __init__(self, token_set: TokenSet) -> None:
        self.set = token_set
        self.suggest = Suggester(token_set.tokens)

    def check(self, since: TokenSet | None) -> list[Problem]:
        """See ``TokenSet.check``; in the order of files, then of lines."""
        if since is None:
            documents = list(self.set.documents.values())
            declarations = [self._declaration(document, path) for document in documents for path in document.references]
            paths = None
            clashing = {path for document in documents for path in document.groups if path in self.set.tokens}
        else:
            names = self.set.changed_documents(since)
            documents = [self.set.documents[name] for name in names if name in self.set.documents]
            declarations = list(self._scope(since, documents))
            paths = {path for document in documents for path in document.tokens}
            clashing = {path for document in documents for path in document.groups if path in self.set.tokens}
            clashing.update(path for path in paths if self._is_group(path))
        problems = [problem for document in documents for problem in document.problems]
        problems.extend(self._references(declarations))
        problems.extend(self._late(declarations))
        problems.extend(self._cycles(declarations))
        problems.extend(self._clashes(clashing))
        if self.set.order is None:
            problems.extend(self._repeats(documents))
        problems.extend(self._duplicate_ids(paths))
        return sorted(dict.fromkeys(problems), key=_place)

    def _scope(self, since: TokenSet, documents: list[TokenDocument]) -> Iterator[tuple[TokenDocument, Token]]:
        """What changed, whatever refers to it, and whatever broken those refer to."""
        changed = self.set.changed_paths(since)
        reach = self.set.reach(changed)
        for document in documents:
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
                    yield self._declaration(self.set.documents[token.file], path)

    @staticmethod
    def _declaration(document: TokenDocument, path: str) -> tuple[TokenDocument, Token]:
        return document, document.tokens[path]

    def _references(self, declarations: list[tuple[TokenDocument, Token]]) -> Iterator[Problem]:
        for document, token in declarations:
            if token.path in document.inherited:
                continue  # told where it is stated
            for reference in document.references[token.path]:
                problem = self._reference(document, token, reference)
                if problem is not None:
                    yield problem
            if self.set.resolve(token.path) is None and self.set.expands_too_far(token.path):
                message = (
                    "following the aliases makes this value grow past every measure; refer to fewer or flatter tokens"
                )
                yield document.value_problem(token, codes.EXPANDS_TOO_FAR, (), message)

    def _reference(self, document: TokenDocument, token: Token, reference: Reference) -> Problem | None:
        if reference.path not in self.set.tokens:
            advice = self.suggest.missing(reference.path, self._is_group(reference.path))
            message = f"alias {{{reference.path}}} {advice}"
            return document.value_problem(token, codes.UNKNOWN_ALIAS, reference.at, message)
        target = self.set.resolve(reference.path)
        if target is not None and (problem := self._part(document, token, reference, target)):
            return problem
        if not reference.expected or target is None or target.type is None or target.type in reference.expected:
            return None
        expected = reference.expected[0]
        known = target.type in TYPES and expected in TYPES
        tolerated = target.type in reference.tolerated or not known
        message = f"alias {{{reference.path}}} is a {target.type}, but a {expected} belongs here; refer to a {expected}"
        code = codes.DRAFT_TYPE_MISMATCH if tolerated else codes.TYPE_MISMATCH
        return document.value_problem(token, code, reference.at, message, "warning" if tolerated else "error")

    @staticmethod
    def _part(document: TokenDocument, token: Token, reference: Reference, target: Resolved) -> Problem | None:
        """A reference into a value that has no such part, or one in a list that would put a list into it (§9.1)."""
        if reference.steps:
            if walk(target.value, reference.steps)[0]:
                return None
            way = "/".join(reference.steps)
            message = f'the value of {{{reference.path}}} has no "{way}"; refer to a part that it has'
            return document.value_problem(token, codes.NO_SUCH_PART, reference.at, message)
        inside_list = bool(reference.at) and isinstance(reference.at[-1], int)
        listed = isinstance(target.value, list) and not is_single_object(target.value)
        if inside_list and listed and target.type != "cubicBezier":
            message = (
                f"alias {{{reference.path}}} is a list, and inside a list it stands for one item; "
                "write its items out, or refer to single tokens"
            )
            return document.value_problem(token, codes.TYPE_MISMATCH, reference.at, message)
        return None

    def _late(self, declarations: list[tuple[TokenDocument, Token]]) -> Iterator[Problem]:
        """The shape of values that borrow parts of others, which shows only now."""
        for document, token in declarations:
            resolved = self.set.resolve(token.path) if token.path in document.late else None
            if resolved is None or self.set.tokens[token.path] is not token:
                continue
            for finding in check_value(resolved.type, resolved.value).found:
                yield document.value_problem(token, finding.code, finding.at, finding.message, finding.severity)

    def _is_group(self, path: str) -> bool:
        return any(path in document.groups for document in self.set.documents.values())

    def _cycles(self, declarations: list[tuple[TokenDocument, Token]]) -> Iterator[Problem]:
        broken = [token.path for _, token in declarations if self.set.resolve(token.path) is None]
        for cycle in cycles_among(self.set, broken):
            token = self.set.tokens[cycle[0]]
            document = self.set.documents[token.file]
            following = cycle[1] if len(cycle) > 1 else cycle[0]
            at = next((ref.at for ref in document.references[token.path] if ref.path == following), ())
            members = " → ".join(f"{{{path}}}" for path in (*cycle, cycle[0]))
            message = f"aliases run in a circle: {members}; give one of these tokens a value of its own"
            yield document.value_problem(token, codes.ALIAS_CYCLE, at, message)

    def _clashes(self, clashing: set[str]) -> Iterator[Problem]:
        """A token in one file where another file has a group: neither can stand."""
        for path in sorted(clashing):
            token = self.set.tokens[path]
            other = next((doc.path for doc in self.set.documents.values() if path in doc.groups), None)
            if other is not None:
                message = f"{path} is a token here and a group in {other}; rename one of them"
                yield self.set.documents[token.file].value_problem(token, codes.GROUP_TOKEN_CLASH, (), message)

    def _repeats(self, documents: list[TokenDocument]) -> Iterator[Problem]:
        for document in documents:
            for path in self.set.repeated.keys() & document.tokens.keys():
                for token in self.set.repeated[path][:-1]:
                    winner = self.set.tokens[path]
                    message = f"declared again in {winner.file}:{winner.line}, which counts; keep one of the two"
                    yield _at(token, codes.DECLARED_AGAIN, message, "warning")

    def _duplicate_ids(self, paths: set[str] | None) -> Iterator[Problem]:
        holders: dict[UUID, list[str]] = {}
        for document in self.set.documents.values():
            for path, identifier in document.explicit_ids.items():
                if self.set.tokens[path].file == document.path:
                    holders.setdefault(identifier, []).append(path)
        for held in holders.values():
            if len(held) > 1 and (paths is None or not paths.isdisjoint(held)):
                for path in held[1:]:
                    token = self.set.tokens[path]
                    message = f"{path} has the same id as {held[0]}; remove {EXTENSION_KEY} from the copy"
                    yield _at(token, codes.DUPLICATE_ID, message)


def _at(token: Token, code: str, message: str, severity: Severity = "error") -> Problem:
    return Problem(code, message, token.file, token.pointer, token.line, token.column, token.path, severity)


def _place(problem: Problem) -> tuple[str, int, int, str, str]:
    return problem.path, problem.line, problem.column, problem.code, problem.message
