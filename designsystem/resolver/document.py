"""A resolver document: its sets, its modifiers and the order in which they apply (Resolver Module §4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from designsystem import codes
from designsystem.jsontext.file import JsonFile, read_json
from designsystem.problem import Problem, Severity
from designsystem.resolver.references import MOST_LINKS, BadReference, Place, Read, References, View

VERSION = "2025.10"
MOST_STEPS = 1000

_ROOT = frozenset(
    "$schema $defs $extensions name version description sets modifiers resolutionOrder".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class SetStep:
    """Tokens that always apply, in the order of their sources."""

    name: str
    sources: tuple[View, ...]


@dataclass(frozen=True)
class Modifier:
    """Tokens that apply by context; ``default`` is the context taken where no input says otherwise."""

    name: str
    contexts: Mapping[str, tuple[View, ...]]
    default: str | None
    place: Place

    def context(self, asked: str) -> str | None:
        """The context of that name, whatever its case (§6.1); None where there is none."""
        if asked in self.contexts:
            return asked
        alike = [name for name in self.contexts if name.lower() == asked.lower()]
        return alike[0] if len(alike) == 1 else None


@dataclass(frozen=True)
class ResolverDocument:
    """What a resolver document says; with errors among its ``problems`` it resolves nothing."""

    path: str
    name: str
    description: str
    order: tuple[SetStep | Modifier, ...]
    problems: tuple[Problem, ...] = ()
    file: JsonFile | None = field(default=None, repr=False)
    unused: tuple[Modifier, ...] = ()
    """Modifiers that the order leaves out: they change nothing, and inputs may (or must) name them all the same."""

    @property
    def modifiers(self) -> dict[str, Modifier]:
        """The modifiers by name, in the order in which they apply."""
        return {step.name: step for step in self.order if isinstance(step, Modifier)}

    @property
    def takes(self) -> dict[str, Modifier]:
        """Every modifier that inputs choose for (§6.1), those of the order first."""
        return self.modifiers | {modifier.name: modifier for modifier in self.unused}

    @property
    def permutations(self) -> int:
        """How many sets of tokens there are to ask for; never enumerated."""
        count = 1
        for modifier in self.modifiers.values():
            count *= len(modifier.contexts)
        return count


def is_resolver_file(path: str) -> bool:
    """Whether a file is a resolver document by its name."""
    name = path.rpartition("/")[2]
    return name.endswith(".resolver.json") or name == "resolver.json"


def parse_resolver(path: str, source: bytes, read: Read) -> ResolverDocument:
    """Reads a resolver document; never raises for what is in it. ``read`` gives the bytes of another file of the same
    repository, by its path from the root, and None where there is none."""
    file = read_json(path, source)
    if file.root is None:
        return ResolverDocument(path, "", "", (), file.problems, file)
    return _Parser(file, read).parse()


class _Parser:
    def __init__(self, file: JsonFile, read: Read) -> None:
        self.file = file
        self.references = References(file, read)
        self.problems: list[Problem] = list(file.problems)
        self.declared: dict[str, Modifier] = {}

    def parse(self) -> ResolverDocument:
        root = Place(self.file.root, self.file) if self.file.root is not None else None
        if root is None or root.node.kind != "object":
            self._report(root, "a resolver is an object with a version and a resolutionOrder")
            return ResolverDocument(self.file.path, "", "", (), tuple(self.problems), self.file)
        self._check_root(root)
        order = self._order(root)
        name, description = self._text(root, "name"), self._text(root, "description")
        self.problems += self.references.problems
        used = {step.name for step in order if isinstance(step, Modifier)}
        unused = tuple(modifier for modifier in self.declared.values() if modifier.name not in used)
        return ResolverDocument(self.file.path, name, description, order, tuple(self.problems), self.file, unused)

    def _check_root(self, root: Place) -> None:
        version = root.node.get("version")
        if version is None or version.value != VERSION:
            self._report(Place(version, self.file) if version else root, f'a resolver states "version": "{VERSION}"')
        for member in root.node.members:
            if member.key not in _ROOT:
                message = f'a resolver has no "{member.key[:40]}"; put your own data under $extensions'
                self._report(Place(member.node, self.file), message, severity="warning")
        for kind in ("sets", "modifiers"):
            for name, place in self._entries(root, kind):
                try:
                    self._declare(kind, name, self.references.view(place))
                except BadReference as error:
                    self._report(error.place, str(error), codes.RESOLVER_REFERENCE)

    def _declare(self, kind: str, name: str, view: View) -> None:
        """What stands under ``sets`` or ``modifiers``, whether or not the order uses it."""
        self._check_extensions(view)
        if kind == "sets":
            self._sources(view, "sources")
        elif (modifier := self._modifier(view, name)) is not None:
            self.declared[name] = modifier

    def _check_extensions(self, view: View) -> None:
        stated = view.members.get("$extensions")
        if stated is not None and stated.node.kind != "object":
            self._report(stated, '$extensions is an object with a key per tool, such as {"org.example.tool": {}}')

    def _entries(self, root: Place, kind: str) -> list[tuple[str, Place]]:
        node = root.node.get(kind)
        if node is not None and node.kind != "object":
            self._report(Place(node, self.file), f"{kind} is an object with a name for each")
        return [(member.key, Place(member.node, self.file)) for member in node.members] if node is not None else []

    def _order(self, root: Place) -> tuple[SetStep | Modifier, ...]:
        node = root.node.get("resolutionOrder")
        if node is None or node.kind != "array" or len(node.items) > MOST_STEPS:
            message = f"a resolver states its resolutionOrder, a list of at most {MOST_STEPS:,} sets and modifiers"
            self._report(Place(node, self.file) if node else root, message)
            return ()
        known = len(self.problems)
        steps: list[SetStep | Modifier] = []
        inline: set[str] = set()
        for item in node.items:
            place = Place(item, self.file)
            try:
                step = self._step(place)
            except BadReference as error:
                self._report(error.place, str(error), codes.RESOLVER_REFERENCE)
                continue
            if step is None:
                continue
            if item.get("$ref") is None:
                inline.add(step.name)
            if any(_collide(step, other, inline) for other in steps):
                self._report(place, f'"{step.name}" stands in the resolutionOrder twice; name each only once')
            else:
                steps.append(step)
        # what sets and modifiers say wrong was told where they stand, and is met again where they are used
        self.problems[known:] = [found for found in self.problems[known:] if found not in self.problems[:known]]
        return tuple(steps)

    def _step(self, place: Place) -> SetStep | Modifier | None:
        named = self._named(place)
        view = self.references.view(place, in_order=True)
        self._check_extensions(view)
        kind, name = named if named is not None else self._inline(place, view)
        if kind == "sets":
            return SetStep(name, self._sources(view, "sources"))
        return self._modifier(view, name) if kind == "modifiers" else None

    def _named(self, place: Place) -> tuple[str, str] | None:
        """Kind and name of what an item of the order refers to; None for one that is stated inline."""
        if place.node.kind != "object" or place.node.get("$ref") is None:
            return None
        steps = self.references.steps_of(place)
        if (
            not self.references.text_of(place).startswith("#/")
            or len(steps) != 2
            or steps[0] not in ("sets", "modifiers")
        ):
            raise BadReference(place, 'the resolutionOrder refers to "#/sets/NAME" and "#/modifiers/NAME" only')
        return steps[0], steps[1]

    def _inline(self, place: Place, view: View) -> tuple[str, str]:
        kind, name = (view.members[key].node.value if key in view.members else None for key in ("type", "name"))
        if kind not in ("set", "modifier") or not isinstance(name, str) or not name:
            self._report(place, 'what stands in the resolutionOrder itself has a "type" (set or modifier) and a "name"')
            return "", ""
        return f"{kind}s", name

    def _modifier(self, view: View, name: str) -> Modifier | None:
        stated = view.members.get("contexts")
        if stated is None or stated.node.kind != "object" or not stated.node.members:
            self._report(stated or view.at, f'the modifier "{name}" needs contexts, an object with a list for each')
            return None
        contexts = {context: self._list(place) for context, place in self.references.view(stated).members.items()}
        if len(contexts) == 1:
            self._report(stated, f'the modifier "{name}" has only one context; make it a set')
        default = view.members.get("default")
        if default is not None and not (isinstance(default.node.value, str) and default.node.value in contexts):
            known = ", ".join(f'"{context}"' for context in contexts)
            self._report(default, f'the default of "{name}" is one of its contexts: {known}')
            return None
        return Modifier(name, contexts, default.node.value if default is not None else None, view.at)

    def _sources(self, view: View, key: str) -> tuple[View, ...]:
        stated = view.members.get(key)
        if stated is None:
            self._report(view.at, 'a set has "sources", a list of token files and of tokens')
            return ()
        return self._list(stated)

    def _list(self, place: Place, *, open_sets: tuple[str, ...] = ()) -> tuple[View, ...]:
        """Token sources in order; a set that is referred to stands for its own sources (§4.1.5)."""
        if place.node.kind != "array":
            self._report(place, 'token sources are a list, such as [{"$ref": "base.tokens.json"}]')
            return ()
        found: list[View] = []
        for item in place.node.items:
            source = Place(item, place.file)
            try:
                found.extend(self._source(source, open_sets))
            except BadReference as error:
                self._report(error.place, str(error), codes.RESOLVER_REFERENCE)
        return tuple(found)

    def _source(self, source: Place, open_sets: tuple[str, ...]) -> tuple[View, ...]:
        if source.node.kind == "object" and source.node.get("$ref") is not None and source.file is self.file:
            text, steps = self.references.text_of(source), self.references.steps_of(source)
            if text.startswith("#") and len(steps) == 2 and steps[0] == "sets":
                if steps[1] in open_sets:
                    raise BadReference(source, f'the set "{steps[1]}" holds itself')
                if len(open_sets) >= MOST_LINKS:
                    message = f"more than {MOST_LINKS} sets stand one in another; refer more directly"
                    raise BadReference(source, message)
                view = self.references.view(source)
                stated = view.members.get("sources")
                return self._list(stated, open_sets=(*open_sets, steps[1])) if stated is not None else ()
        return (self.references.view(source),)

    def _text(self, root: Place, key: str) -> str:
        node = root.node.get(key)
        if node is None or isinstance(node.value, str):
            return str(node.value) if node is not None else ""
        self._report(Place(node, self.file), f"{key} is a text")
        return ""

    def _report(
        self, place: Place | None, message: str, code: str = codes.RESOLVER_SHAPE, severity: Severity = "error"
    ) -> None:
        file = place.file if place is not None else self.file
        self.problems.append(
            file.problem(code, place.node.start if place is not None else 0, message, severity=severity)
        )


def _collide(step: SetStep | Modifier, other: SetStep | Modifier, inline: set[str]) -> bool:
    """Whether two steps cannot both stand in an order: what is stated inline shares its name with nothing (§4.1.6.1).

    What is referred to may come again; a modifier only with the same contexts, since one input chooses for both.
    """
    if step.name != other.name:
        return False
    if step.name in inline:
        return True
    both = isinstance(step, Modifier) and isinstance(other, Modifier)
    return both and step.contexts.keys() != other.contexts.keys()  # type: ignore[union-attr]
