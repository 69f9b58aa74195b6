"""Reads variables of Figma: answers of its REST API, and dumps of its plugin API in the shapes that are about."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from designsystem import codes
from designsystem.importers.drafts import Axis, Draft, Place, Plan, Sheet, Steps
from designsystem.importers.reading import Sources, file_of
from designsystem.jsontext.file import JsonFile

EXTENSION: Final = "com.figma"
"""Where what a variable has beside its value is kept."""

LENGTHS: Final = frozenset(
    {"CORNER_RADIUS", "WIDTH_HEIGHT", "GAP", "STROKE_FLOAT", "EFFECT_FLOAT", "FONT_SIZE", "LETTER_SPACING"}
    | {"LINE_HEIGHT", "PARAGRAPH_SPACING", "PARAGRAPH_INDENT"}
)
"""What a number is allowed for that is measured in px (Figma's scopes)."""
_MOST_DIGITS: Final = 9


@dataclass(frozen=True)
class Collection:
    """A collection of variables: its modes by id, the first or stated one being the default."""

    name: str
    modes: dict[str, str]
    default: str
    place: Place


@dataclass(frozen=True)
class Variable:
    """A variable, with its values by the id of the mode."""

    id: str
    name: str
    collection: str
    type: str
    values: dict[str, Any]
    steps: Steps
    node: dict[str, Any]
    place: Place


def recognises(sources: Sources) -> bool:
    """Whether any file is of one of the known shapes."""
    return any(_root_of(file) is not None for file in sources.values())


def read(sources: Sources) -> Plan:
    """The plan of what the files hold: a collection with several modes becomes a modifier."""
    plan = Plan()
    collections: dict[str, Collection] = {}
    variables: dict[str, Variable] = {}
    for file in sources.values():
        root = _root_of(file)
        if root is None:
            message = "this file holds no variables of Figma"
            plan.problems.append(Place(file, ()).problem(codes.IMPORT_UNREAD, message))
            continue
        collections.update(_collections(file, *root))
        variables.update((variable.id, variable) for variable in _variables(file, *root))
    _fill(plan, collections, variables)
    return plan


def _root_of(file: JsonFile) -> tuple[Steps, dict[str, Any]] | None:
    """Where in a file variables and collections stand."""
    root = file.root.value if file.root is not None else None
    if not isinstance(root, dict):
        return None
    meta = root.get("meta")
    if isinstance(meta, dict) and isinstance(meta.get("variables"), dict):
        return ("meta",), meta
    if isinstance(root.get("variables"), dict | list) and ("variableCollections" in root or "collections" in root):
        return (), root
    one = isinstance(root.get("variables"), list) and isinstance(root.get("modes"), dict | list)
    listed = isinstance(root.get("collections"), list)
    return ((), root) if one or listed else None


def _listed(value: Any, steps: Steps) -> Iterator[tuple[Steps, dict[str, Any]]]:
    """The objects of a list, or of an object by id."""
    pairs: Iterable[tuple[str | int, Any]] = value.items() if isinstance(value, dict) else enumerate(value or ())
    for key, item in pairs:
        if isinstance(item, dict):
            yield (*steps, key), item


def _collections(file: JsonFile, steps: Steps, root: dict[str, Any]) -> Iterator[tuple[str, Collection]]:
    for at, node in _found_collections(steps, root):
        modes = _modes(node.get("modes"))
        if modes:
            default = str(node.get("defaultModeId", next(iter(modes))))
            default = default if default in modes else next(iter(modes))
            key = str(node.get("id", node.get("name")))
            yield key, Collection(str(node.get("name") or "variables"), modes, default, Place(file, at))


def _found_collections(steps: Steps, root: dict[str, Any]) -> Iterator[tuple[Steps, dict[str, Any]]]:
    for key in ("variableCollections", "collections"):
        if isinstance(root.get(key), dict | list):
            yield from _listed(root[key], (*steps, key))
            return
    yield steps, root


def _modes(value: Any) -> dict[str, str]:
    """Names by id; a mode without an id goes by its name."""
    if isinstance(value, dict):
        return {str(key): str(name) for key, name in value.items() if isinstance(name, str)}
    modes = [mode if isinstance(mode, dict) else {"name": mode} for mode in value or ()]
    return {str(mode.get("modeId", mode.get("name"))): str(mode.get("name")) for mode in modes}


def _variables(file: JsonFile, steps: Steps, root: dict[str, Any]) -> Iterator[Variable]:
    """Variables that stand beside the collections, in them, or in their modes."""
    if "variables" in root:
        owner = str(root.get("id", root.get("name")))
        for at, node in _listed(root["variables"], (*steps, "variables")):
            yield _variable(file, at, node, str(node.get("variableCollectionId", owner)))
        return
    for at, collection in _found_collections(steps, root):
        owner = str(collection.get("id", collection.get("name")))
        for below, node in _listed(collection.get("variables"), (*at, "variables")):
            yield _variable(file, below, node, owner)
        yield from _by_mode(file, at, collection, owner)


def _by_mode(file: JsonFile, at: Steps, collection: dict[str, Any], owner: str) -> Iterator[Variable]:
    """Variables that each mode lists with its own value, joined by name."""
    joined: dict[str, Variable] = {}
    for below, mode in _listed(collection.get("modes"), (*at, "modes")):
        for steps, node in _listed(mode.get("variables"), (*below, "variables")):
            name = str(node.get("name"))
            if name not in joined:
                joined[name] = _variable(file, steps, {**node, "id": f"{owner}/{name}", "valuesByMode": {}}, owner)
            joined[name].values[str(mode.get("modeId", mode.get("name")))] = _pointed(node, owner)
    yield from joined.values()


def _pointed(node: Mapping[str, Any], owner: str) -> Any:
    """The value of one mode; an alias names its target by collection and name there."""
    value = node.get("value")
    if node.get("isAlias") and isinstance(value, dict):
        return {"type": "VARIABLE_ALIAS", "id": f"{value.get('collection', owner)}/{value.get('name')}"}
    if node.get("isAlias") and isinstance(value, str):
        return {"type": "VARIABLE_ALIAS", "id": f"{owner}/{value.strip('{}').replace('.', '/')}"}
    return value


def _variable(file: JsonFile, steps: Steps, node: dict[str, Any], owner: str) -> Variable:
    values = node.get("valuesByMode")
    values = dict(values) if isinstance(values, dict) else {}
    kind = str(node.get("resolvedType", node.get("type", ""))).upper()
    kind = {"NUMBER": "FLOAT"}.get(kind, kind)
    name = str(node.get("name") or "unnamed")
    return Variable(str(node.get("id", name)), name, owner, kind, values, steps, node, Place(file, steps))


def _fill(plan: Plan, collections: dict[str, Collection], variables: dict[str, Variable]) -> None:
    carried = [each for each in variables.values() if each.collection in collections and not each.node.get("remote")]
    for variable in variables.values():
        if variable.collection not in collections or variable.node.get("remote"):
            message = "this variable belongs to a library that is not in the file; import the library too"
            plan.problems.append(variable.place.left_out(message, variable.name))
    paths = _paths(carried, collections)
    sheets = {key: _sheets(plan, collection) for key, collection in collections.items()}
    for collection in collections.values():
        for said in ("parentVariableCollectionId", "variableOverrides"):
            node = collection.place.file.root
            stated = node.at((*collection.place.steps, said)) if node is not None else None
            if stated is not None and stated.value:
                message = "what this collection changes of another one is left out; only its own variables are read"
                plan.problems.append(collection.place.left_out(message, collection.name))
    for variable in carried:
        for mode, value in variable.values.items():
            sheet = sheets[variable.collection].get(mode)
            if sheet is not None:
                sheet.add(_draft(plan, variable, mode, value, paths))


def _paths(variables: list[Variable], collections: dict[str, Collection]) -> dict[str, tuple[str, ...]]:
    """The path of every variable by id; collections lead where two of them use one name."""
    own = {each.id: _path(each.name) for each in variables}
    owners: dict[tuple[str, ...], set[str]] = {}
    for each in variables:
        owners.setdefault(own[each.id], set()).add(each.collection)
    if all(len(found) == 1 for found in owners.values()):
        return own
    return {each.id: (*_path(collections[each.collection].name), *own[each.id]) for each in variables}


def _path(name: str) -> tuple[str, ...]:
    plain = name.replace("{", "(").replace("}", ")")
    return tuple(part.strip() for part in plain.split("/") if part.strip()) or ("unnamed",)


def _sheets(plan: Plan, collection: Collection) -> dict[str, Sheet]:
    """A sheet for each mode; a collection of one mode always applies."""
    found: dict[str, Sheet] = {}
    name = _free(collection.name, plan)
    contexts: dict[str, list[str]] = {}
    for mode, title in collection.modes.items():
        label = name if len(collection.modes) == 1 else f"{name}/{_unused(title, contexts)}"
        sheet = Sheet(label, file_of(label, (each.file for each in plan.sheets.values())))
        plan.sheets[label] = found[mode] = sheet
        contexts[label.removeprefix(f"{name}/")] = [label]
    if len(contexts) == 1:
        plan.base.append(name)
    else:
        default = list(contexts)[list(collection.modes).index(collection.default)]
        plan.axes.append(Axis(name, contexts, default))
    return found


def _free(name: str, plan: Plan) -> str:
    plain = name.replace("/", " ").strip() or "variables"
    return _unused(plain, {*plan.base, *(axis.name for axis in plan.axes)})


def _unused(name: str, taken: Iterable[str]) -> str:
    known = {each.lower() for each in taken}
    found, number = name, 1
    while found.lower() in known:
        number += 1
        found = f"{name} {number}"
    return found


def _draft(plan: Plan, variable: Variable, mode: str, value: Any, paths: dict[str, tuple[str, ...]]) -> Draft:
    node = variable.node
    path = paths[variable.id]
    held = ("valuesByMode", mode)
    inner = node.get("valuesByMode")
    steps = (*variable.steps, *held) if isinstance(inner, dict) and mode in inner else variable.steps
    place = Place(variable.place.file, steps)
    kept = {key: node[key] for key in ("id", "scopes", "codeSyntax", "hiddenFromPublishing") if node.get(key)}
    described = node.get("description")
    type_name, plain = _value_of(plan, variable, value, paths, place)
    return Draft(
        path,
        type_name,
        plain,
        place,
        described if isinstance(described, str) and described else None,
        extensions={EXTENSION: kept} if kept else {},
    )


def _value_of(
    plan: Plan, variable: Variable, value: Any, paths: dict[str, tuple[str, ...]], place: Place
) -> tuple[str | None, Any]:
    """The format's type, by what a variable is allowed for, and the value in its shape."""
    if isinstance(value, dict) and value.get("type") == "VARIABLE_ALIAS":
        target = paths.get(str(value.get("id")))
        return None, f"{{{'.'.join(target)}}}" if target else f"{{{str(value.get('id')).replace('{', '(')}}}"
    scopes = variable.node.get("scopes")
    allowed = {each for each in scopes if isinstance(each, str)} if isinstance(scopes, list) else set()
    if variable.type == "COLOR":
        return "color", _color(value)
    if variable.type == "FLOAT" and isinstance(value, int | float):
        return _number(plan, variable, short(value), allowed, place)
    if variable.type == "STRING" and allowed and allowed <= {"FONT_FAMILY"}:
        return "fontFamily", value
    if variable.type == "STRING" and allowed and allowed <= {"FONT_STYLE", "FONT_WEIGHT"}:
        return "fontWeight", value
    return {"STRING": "texts", "BOOLEAN": "yes or no"}.get(variable.type, variable.type or "this"), value


def _number(plan: Plan, variable: Variable, value: float, allowed: set[str], place: Place) -> tuple[str, Any]:
    if allowed and allowed <= LENGTHS:
        return "dimension", value
    if allowed == {"FONT_WEIGHT"}:
        return "fontWeight", value
    if allowed == {"OPACITY"}:
        message = "an opacity in per cent is written as a share of 1"
        plan.problems.append(place.problem(codes.IMPORT_CHANGED, message, variable.name))
        return "number", round(value / 100, 6)
    return "number", value


def _color(value: Any) -> Any:
    """Figma's channels, from 0 to 1, as a color object; text as it is."""
    if not isinstance(value, dict) or not {"r", "g", "b"} <= value.keys():
        return value
    channels = [value[key] for key in "rgb"]
    if not all(isinstance(each, int | float) and not isinstance(each, bool) and 0 <= each <= 1 for each in channels):
        return value
    alpha = value.get("a", 1)
    faded = {"alpha": short(alpha)} if isinstance(alpha, int | float) and alpha != 1 else {}
    hexadecimal = "#" + "".join(f"{int(each * 255 + 0.5):02x}" for each in channels)
    return {"colorSpace": "srgb", "components": [short(each) for each in channels], **faded, "hex": hexadecimal}


def short(number: float) -> float:
    """The shortest number that is the same in single precision, which is what Figma keeps."""
    if isinstance(number, int):
        return number
    try:
        packed = struct.pack("f", number)
    except OverflowError:
        return number
    for digits in range(_MOST_DIGITS):
        rounded = round(number, digits)
        if struct.pack("f", rounded) == packed:
            return int(rounded) if rounded == int(rounded) else rounded
    return number
