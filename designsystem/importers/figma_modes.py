"""Reads Figma's exports with one file for each mode of a collection, in the format or a draft of it."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from designsystem.importers.drafts import Axis, Draft, Place, Plan, Sheet
from designsystem.importers.figma import LENGTHS
from designsystem.importers.reading import Entry, Sources, entries, file_of, strays
from designsystem.jsontext.file import JsonFile

_MODE: Final = "com.figma.modeName"
_ALIAS: Final = "com.figma.aliasData"
_SCOPES: Final = ("com.figma.scopes", "com.figma")


class Mode(NamedTuple):
    """Which collection and which mode a file holds."""

    collection: str
    name: str


def recognises(sources: Sources) -> bool:
    """Whether any file names its mode, or any token what Figma allows it for."""
    for file in sources.values():
        if _root_extension(file, _MODE) is not None:
            return True
        if any(entry.token and _extended(entry.node).keys() & {*_SCOPES, _ALIAS} for entry in entries(file)):
            return True
    return False


def read(sources: Sources) -> Plan:
    """The plan of what the files hold: files of one collection become contexts of one modifier."""
    plan = Plan()
    collections: dict[str, dict[str, list[str]]] = {}
    for path, file in sources.items():
        mode = _mode_of(path, file)
        label = f"{mode.collection}/{mode.name}"
        while label in plan.sheets:
            label += " 2"
        sheet = Sheet(label, file_of(label, (each.file for each in plan.sheets.values())))
        for entry in entries(file):
            if entry.token and entry.steps:
                sheet.add(_draft(entry, Place(file, entry.steps)))
            elif not entry.token:
                plan.problems += strays(entry, file, () if entry.steps else ("$extensions",))
        plan.sheets[label] = sheet
        collections.setdefault(mode.collection, {})[label.partition("/")[2]] = [label]
    for name, contexts in collections.items():
        if len(contexts) == 1:
            plan.base += next(iter(contexts.values()))
        else:
            plan.axes.append(Axis(name, contexts, next(iter(contexts))))
    _restore_aliases(plan)
    return plan


def _mode_of(path: str, file: JsonFile) -> Mode:
    """By what the file says and, where it says nothing, by its name: ``Collection.Mode.tokens.json``."""
    folder, _, name = path.rpartition("/")
    stem = name.removesuffix(".json").removesuffix(".tokens")
    collection, dot, mode = stem.partition(".")
    stated = _root_extension(file, _MODE)
    if not dot:
        collection, mode = folder.rpartition("/")[2] or "mode", stem
    return Mode(collection.replace("/", " "), stated if isinstance(stated, str) and stated else mode)


def _root_extension(file: JsonFile, key: str) -> Any:
    root = file.root.value if file.root is not None else None
    return _extended(root).get(key) if isinstance(root, dict) else None


def _extended(node: dict[str, Any]) -> dict[str, Any]:
    extensions = node.get("$extensions")
    return extensions if isinstance(extensions, dict) else {}


def _draft(entry: Entry, place: Place) -> Draft:
    node = entry.node
    extensions = _extended(node)
    described = node.get("$description")
    value = node.get("$value", node.get("value"))
    return Draft(
        tuple(map(str, entry.steps)),
        _type_of(entry.type, _scopes(extensions)),
        value,
        place,
        described if isinstance(described, str) and described else None,
        node.get("$deprecated") if isinstance(node.get("$deprecated"), bool | str) else None,
        extensions,
    )


def _scopes(extensions: dict[str, Any]) -> set[str]:
    nested = extensions.get("com.figma")
    found = extensions.get("com.figma.scopes") or (nested.get("scopes") if isinstance(nested, dict) else None)
    return {scope for scope in found if isinstance(scope, str)} if isinstance(found, list) else set()


def _type_of(own: str | None, allowed: set[str]) -> str | None:
    """The type that a token states, made narrower by what Figma allows it for."""
    if own == "number" and allowed and allowed <= LENGTHS:
        return "dimension"
    if own == "string" and allowed and allowed <= {"FONT_FAMILY"}:
        return "fontFamily"
    if own in {"string", "number"} and allowed and allowed <= {"FONT_STYLE", "FONT_WEIGHT"}:
        return "fontWeight"
    return {"string": "texts", "boolean": "yes or no"}.get(own or "", own)


def _restore_aliases(plan: Plan) -> None:
    """Where a file has the value of a variable of another collection, the alias that Figma says it was."""
    known = {draft.raw for draft in plan.drafts()}
    for sheet in plan.sheets.values():
        for raw, draft in sheet.drafts.items():
            data = draft.extensions.get(_ALIAS)
            target = str(data.get("targetVariableName", "")).replace("/", ".") if isinstance(data, dict) else ""
            if target in known and target != raw:
                sheet.drafts[raw] = _aliased(draft, target)


def _aliased(draft: Draft, target: str) -> Draft:
    return Draft(draft.path, None, f"{{{target}}}", draft.place, draft.description, draft.deprecated, draft.extensions)
