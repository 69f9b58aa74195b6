"""One permutation: the inputs checked, the sources flattened in order, and only then every alias resolved (§6)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from designsystem import codes
from designsystem.problem import Problem
from designsystem.resolver.document import Modifier, ResolverDocument, SetStep
from designsystem.resolver.references import Place, View
from designsystem.tokens.document import parse_document
from designsystem.tokens.set import TokenSet

MERGED = "merged.tokens.json"
"""What the flattened document is called where a problem has no token to point at."""


@dataclass(frozen=True)
class Resolution:
    """The tokens that inputs lead to, as if they had stood in one file; empty where there are errors before that.

    ``origins`` says of each token in which file it stands, and where: what counted last.
    """

    inputs: Mapping[str, str]
    tokens: TokenSet
    problems: tuple[Problem, ...]
    origins: Mapping[str, Place] = field(default_factory=dict, repr=False)


def choose(document: ResolverDocument, inputs: Mapping[str, Any]) -> tuple[dict[str, str], list[Problem]]:
    """The context of every modifier for these inputs, and every fault of the inputs, not the first alone (§6.1)."""
    chosen: dict[str, str] = {}
    problems: list[Problem] = []
    modifiers = document.takes
    if not modifiers:  # nothing to validate, whatever is given
        return {}, []

    def refuse(message: str) -> None:
        problems.append(Problem(codes.RESOLVER_INPUT, message, document.path))

    for name, value in inputs.items():
        modifier = _named(modifiers, name)
        if modifier is None:
            known = ", ".join(f'"{each}"' for each in modifiers) or "none"
            refuse(f'there is no modifier "{str(name)[:80]}"; this resolver has {known}')
        elif not isinstance(value, str):
            refuse(f'the input for "{modifier.name}" is a text, one of {_contexts(modifier)}')
        elif (context := modifier.context(value)) is None:
            refuse(f'"{value[:80]}" is no context of "{modifier.name}"; it has {_contexts(modifier)}')
        elif modifier.name in chosen:
            refuse(f'the inputs name "{modifier.name}" twice, in other letters; give it once')
        else:
            chosen[modifier.name] = context
    for modifier in modifiers.values():
        if modifier.name in chosen or any(_named(modifiers, name) is modifier for name in inputs):
            continue
        if modifier.default is None:
            refuse(f'the modifier "{modifier.name}" has no default; say which of {_contexts(modifier)}')
        else:
            chosen[modifier.name] = modifier.default
    return {name: chosen[name] for name in modifiers if name in chosen}, problems


def resolve(document: ResolverDocument, inputs: Mapping[str, Any]) -> Resolution:
    """The tokens for these inputs. Costs what the sources of this permutation cost, whatever others there are."""
    chosen, problems = choose(document, inputs)
    problems = [*document.problems, *problems]
    if any(problem.severity == "error" for problem in problems):
        return Resolution(chosen, TokenSet.build(()), tuple(problems))
    flat = Flattened()
    for source in sources(document, chosen):
        flat.add(source)
    text = json.dumps(flat.tree, ensure_ascii=False, indent=2)
    tokens = TokenSet.build([parse_document(MERGED, text.encode("utf-8", "surrogatepass"))])
    problems += flat.problems
    problems += [_placed(problem, flat.origins) for problem in tokens.check()]
    return Resolution(chosen, tokens, tuple(problems), flat.origins)


def sources(document: ResolverDocument, chosen: Mapping[str, str]) -> Iterator[View]:
    """The token sources of one permutation, in the order in which they override one another."""
    for step in document.order:
        yield from step.sources if isinstance(step, SetStep) else step.contexts[chosen[step.name]]


def orthogonal(document: ResolverDocument) -> bool:
    """Whether no two modifiers state the same token, so that each can be exported by itself (§2).

    Costs what all sources cost together, which grows with the sum of the contexts and not with their product.
    """
    seen: set[str] = set()
    for modifier in document.modifiers.values():
        mine = modifier_tokens(modifier)
        if not seen.isdisjoint(mine):
            return False
        seen |= mine
    return True


def modifier_tokens(modifier: Modifier) -> set[str]:
    """Every token path that any context of a modifier states."""
    flat = Flattened()
    for context in modifier.contexts.values():
        for source in context:
            flat.add(source)
    return set(flat.origins)


class Flattened:
    """Token files merged into one tree, the last occurrence of a token counting (§6.2, §6.3)."""

    def __init__(self) -> None:
        self.tree: dict[str, Any] = {}
        self.origins: dict[str, Place] = {}
        self.problems: list[Problem] = []

    def add(self, source: View) -> None:
        """Merge what one source says over what stood before."""
        self._merge(self.tree, source.members, "")

    def _merge(self, into: dict[str, Any], members: Mapping[str, Place], path: str) -> None:
        for key, place in members.items():
            here = f"{path}.{key}" if path else key
            if key.startswith("$") and key != "$root":
                into[key] = place.node.value
            elif place.node.kind != "object":
                message = 'only groups and tokens stand here, each an object; write {"$value": …}'
                problem = place.file.problem(codes.NOT_A_GROUP, place.node.start, message, subject=here)
                self.problems.append(problem)
            elif _is_token(place.node.value):
                self._put(into, key, here, place)
            elif isinstance(into.get(key, {}), dict) and _is_token(into.get(key, {})):
                self._clash(here, place)
            else:
                group = into.setdefault(key, {})
                inner = {member.key: Place(member.node, place.file) for member in place.node.members}
                self._merge(group, inner, here)

    def _put(self, into: dict[str, Any], key: str, path: str, place: Place) -> None:
        before = into.get(key)
        if isinstance(before, dict) and not _is_token(before) and before:
            self._clash(path, place)
            return
        into[key] = place.node.value
        self.origins[path] = place

    def _clash(self, path: str, place: Place) -> None:
        message = f"{path} is a token in one source and a group in another; rename one of them"
        self.problems.append(place.file.problem(codes.GROUP_TOKEN_CLASH, place.node.start, message, subject=path))


def _is_token(value: Any) -> bool:
    return isinstance(value, dict) and ("$value" in value or ("$ref" in value and all(key[:1] == "$" for key in value)))


def _named(modifiers: Mapping[str, Modifier], name: str) -> Modifier | None:
    """The modifier that an input means, whatever its case (§6.1)."""
    if name in modifiers:
        return modifiers[name]
    alike = [modifier for each, modifier in modifiers.items() if each.lower() == str(name).lower()]
    return alike[0] if len(alike) == 1 else None


def _contexts(modifier: Modifier) -> str:
    return ", ".join(f'"{context}"' for context in modifier.contexts)


def _placed(problem: Problem, origins: Mapping[str, Place]) -> Problem:
    """A problem of the merged document where it really stands: in the source whose token counts."""
    place = origins.get(problem.subject)
    if place is None:
        return replace(problem, line=0, column=0)
    line, column = place.file.position(place.node.start)
    return replace(problem, path=place.file.path, line=line, column=column)
