"""From a plan to files of the format: every token converted, what depends on a context stated there, all judged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from designsystem import codes
from designsystem.importers.conversion import convert
from designsystem.importers.drafts import Draft, NotCarried, Plan, Scenery, Sheet
from designsystem.importers.judging import judge
from designsystem.importers.names import Names
from designsystem.importers.scene import Converted, Scene
from designsystem.importers.writing import RESOLVER, file_name, resolver_text, tokens_text
from designsystem.problem import Problem
from designsystem.tokens.aliases import aliases_in

Written = dict[str, dict[str, Any]]
"""The tokens of one sheet, as the format has them, by path."""


class Imported(NamedTuple):
    """The files that an import writes, by path, how many tokens they hold, and what did not come along as it was."""

    files: dict[str, bytes]
    tokens: int
    problems: list[Problem]

    @property
    def left_out(self) -> list[Problem]:
        """What the format has no place for."""
        return [problem for problem in self.problems if problem.code != codes.IMPORT_CHANGED]


def build(plan: Plan) -> Imported:
    """The files of a plan; every one of them is as the format has it, to the letter."""
    return _Building(plan).imported()


class _Building:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.names = Names(plan.drafts())
        self.problems = list(plan.problems)
        self.results: dict[tuple[str, str], Converted] = {}
        self.written: dict[str, Written] = {name: {} for name in plan.sheets}

    def imported(self) -> Imported:
        for scenery in self._sceneries():
            self._convert(scenery)
        self._tell_renamed()
        self._drop_dangling()
        while refused := list(judge(self._files(), list(self.plan.sceneries()) if self._resolver() else [])):
            dropped = [self._refused(problem) for problem in refused]
            if not any(dropped):
                break
            self._drop_dangling()
        tokens = {path for written in self.written.values() for path in written}
        return Imported(self._files(), len(tokens), sorted(dict.fromkeys(self.problems), key=_place))

    def _sceneries(self) -> Iterator[Scenery]:
        """Every permutation that is looked at, and last the sheets that are in none of them."""
        seen: set[str] = set()
        default: tuple[str, ...] = ()
        for scenery in list(self.plan.sceneries()):
            default = default or scenery.sheets
            seen.update(scenery.sheets)
            yield scenery
        for name in list(self.plan.sheets):
            if name not in seen:
                yield Scenery("", "", (*default, name))

    def _convert(self, scenery: Scenery) -> None:
        winners = {raw: draft for name in scenery.sheets for raw, draft in self.plan.sheets[name].drafts.items()}
        scene = Scene(winners, self.names)
        for name in scenery.sheets:
            for raw, draft in list(self.plan.sheets[name].drafts.items()):
                known = self.results.get((name, raw))
                if known is None and (name, raw) not in self.results:
                    self._first(name, draft, scene)
                elif known is not None and known.worked_out and winners[raw] is draft:
                    self._again(name, draft, known, scene, scenery)

    def _first(self, sheet: str, draft: Draft, scene: Scene) -> None:
        path = self.names.path(draft)
        key = sheet, draft.raw
        try:
            self.results[key] = converted = convert(draft, scene)
        except NotCarried as reason:
            self.results[key] = Converted(None, None)
            self.problems.append(draft.place.left_out(str(reason), path))
            return
        except RecursionError:
            self.results[key] = Converted(None, None)
            self.problems.append(draft.place.left_out("its references are nested too deeply", path))
            return
        self.written[sheet][path] = _token(draft, converted)
        for change in converted.changed:
            self.problems.append(draft.place.problem(codes.IMPORT_CHANGED, change, path))

    def _again(self, sheet: str, draft: Draft, known: Converted, scene: Scene, scenery: Scenery) -> None:
        """States a worked out value once more where a context has another result for it."""
        try:
            converted = convert(draft, scene)
        except NotCarried:
            return
        if converted.value == known.value or not scenery.axis:
            return
        name = f"{scenery.axis} {scenery.context} worked out"
        if name not in self.plan.sheets:
            file = f"tokens/{file_name(scenery.axis)}.{file_name(scenery.context)}.worked-out.tokens.json"
            self.plan.sheets[name] = Sheet(name, file)
            self.written[name] = {}
            axis = next(axis for axis in self.plan.axes if axis.name == scenery.axis)
            axis.contexts[scenery.context].append(name)
        self.plan.sheets[name].add(draft)
        self.results[name, draft.raw] = Converted(converted.type, converted.value)
        path = self.names.path(draft)
        self.written[name][path] = _token(draft, converted)
        message = f"it comes to another value where {scenery.axis} is {scenery.context}, and is stated there too"
        self.problems.append(draft.place.problem(codes.IMPORT_CHANGED, message, path))

    def _tell_renamed(self) -> None:
        told: set[str] = set()
        for draft in self.plan.drafts():
            if self.names.renamed(draft) and draft.raw not in told:
                told.add(draft.raw)
                path = self.names.path(draft)
                message = f'"{draft.raw}" is now {path}: the format does not allow the name as it was'
                self.problems.append(draft.place.problem(codes.IMPORT_CHANGED, message, path))

    def _drop_dangling(self) -> None:
        """Leaves out whatever refers to something that is not there, or that was left out itself."""
        while True:
            known = {path for written in self.written.values() for path in written}
            dangling = [
                (sheet, path, target)
                for sheet, written in self.written.items()
                for path, token in written.items()
                if (target := next((each for each in aliases_in(token["$value"]) if each not in known), None))
                is not None
            ]
            for sheet, path, target in dangling:
                self._drop(sheet, path, f"it refers to {target}, which is left out")
            if not dangling:
                return

    def _drop(self, sheet: str, path: str, message: str) -> bool:
        if self.written[sheet].pop(path, None) is None:
            return False
        draft = self.plan.sheets[sheet].drafts[self.names.raw_of(path)]
        self.problems.append(draft.place.left_out(message, path))
        return True

    def _refused(self, problem: Problem) -> bool:
        """Leaves out the token that the format refuses; says whether there was one."""
        sheet = self._sheet_of(problem.path)
        if sheet is not None and problem.subject in self.written[sheet] and problem.code != codes.UNKNOWN_ALIAS:
            return self._drop(sheet, problem.subject, problem.message)
        if sheet is None or problem.subject not in self.written[sheet]:
            self.problems.append(Problem(codes.IMPORT_UNSETTLED, problem.message, severity="warning"))
        else:
            draft = self.plan.sheets[sheet].drafts[self.names.raw_of(problem.subject)]
            self.problems.append(draft.place.problem(codes.IMPORT_UNSETTLED, problem.message, problem.subject))
        return False

    def _sheet_of(self, file: str) -> str | None:
        return next((name for name, sheet in self.plan.sheets.items() if sheet.file == file), None)

    def _resolver(self) -> bool:
        return self.plan.needs_resolver

    def _files(self) -> dict[str, bytes]:
        files = {
            sheet.file: tokens_text(self.written[name], sheet.groups)
            for name, sheet in self.plan.sheets.items()
            if self.written[name]
        }
        if self._resolver() and files:
            kept = {name: sheet.file for name, sheet in self.plan.sheets.items() if self.written[name]}
            files[RESOLVER] = resolver_text(self.plan, kept)
        return files


def _token(draft: Draft, converted: Converted) -> dict[str, Any]:
    token: dict[str, Any] = {}
    if converted.type is not None:
        token["$type"] = converted.type
    token["$value"] = converted.value
    if draft.description:
        token["$description"] = draft.description
    if draft.deprecated is not None:
        token["$deprecated"] = draft.deprecated
    if draft.extensions:
        token["$extensions"] = draft.extensions
    return token


def _place(problem: Problem) -> tuple[str, int, int, str, str]:
    return problem.path, problem.line, problem.column, problem.code, problem.message
