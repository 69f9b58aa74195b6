"""Reads Style Dictionary's JSON of versions 3 and 4: ``value`` with and without ``$``, categories by path."""

from __future__ import annotations

import re
from typing import Any, Final

from designsystem import codes
from designsystem.importers.colors import color_of
from designsystem.importers.drafts import Draft, NotCarried, Place, Plan, Sheet
from designsystem.importers.reading import Entry, Sources, entries, stated, strays
from designsystem.importers.texts import CURVES, holds_reference, measure_of, split, whole_reference
from designsystem.importers.tokens_studio import STUDIO_TYPES
from designsystem.tokens.types.strokes import STROKES

EXTENSION: Final = "com.styledictionary"
"""Where what stands beside a value is kept."""

_TYPES: Final = STUDIO_TYPES | {
    "size": "dimension", "space": "dimension", "time": "duration", "fontStyle": "fontStyle", "easing": "cubicBezier",
}  # fmt: skip
_CATEGORIES: Final = {
    "color": "color", "size": "dimension", "time": "duration", "opacity": "number", "asset": "asset",
    "content": "content",
}  # fmt: skip
_FONT_PARTS: Final = {"family": "fontFamily", "weight": "fontWeight", "size": "dimension"}
_TIMES: Final = frozenset({"ms", "s"})
_BY_PARTS: Final = (
    ("typography", {"fontFamily", "fontSize"}),
    ("shadow", {"offsetX", "offsetY"}),
    ("border", {"width", "style"}),
    ("transition", {"duration", "timingFunction"}),
    ("strokeStyle", {"dashArray"}),
    ("color", {"colorSpace"}),
    ("color", {"r", "g", "b"}),
)
_FUNCTION = re.compile(r"([a-z-]+)\(")
_TEXTS: Final = ("comment", "description", "$description")
_BUILT: Final = frozenset("original name filePath isSource key path".split())  # noqa: SIM905
_READ: Final = frozenset(
    "value type comment description deprecated deprecated_comment $value $type $description $extensions $deprecated".split()  # noqa: SIM905, E501
)


def recognises(sources: Sources) -> bool:
    """Whether any file holds a token."""
    return any(entry.token for file in sources.values() for entry in entries(file))


def read(sources: Sources) -> Plan:
    """The plan of what the files hold: they count as one, the later over the earlier, as the tool merges them."""
    plan = Plan()
    stated_in: dict[str, Draft] = {}
    for path, file in sources.items():
        name = path.removesuffix(".json").removesuffix(".tokens")
        while name in plan.sheets:
            name += "-2"
        sheet = Sheet(name, f"{name}.tokens.json")
        for entry in entries(file):
            place = Place(file, entry.steps)
            if entry.token and entry.steps:
                draft = _draft(plan, entry, place)
                sheet.add(draft)
                _tell_repeat(plan, stated_in.get(draft.raw), draft)
                stated_in[draft.raw] = draft
            elif not entry.token:
                _read_group(plan, sheet, entry, place)
        if sheet.drafts:
            plan.sheets[name] = sheet
            plan.base.append(name)
        else:
            plan.problems.append(Place(file, ()).problem(codes.IMPORT_UNREAD, "this file holds no tokens"))
    return plan


def _tell_repeat(plan: Plan, before: Draft | None, draft: Draft) -> None:
    if before is not None:
        message = f"{draft.place.file.path} states this token again, and counts"
        plan.problems.append(before.place.problem(codes.IMPORT_CHANGED, message, draft.raw))


def _read_group(plan: Plan, sheet: Sheet, entry: Entry, place: Place) -> None:
    for key in _TEXTS:
        said = entry.node.get(key)
        if isinstance(said, str):
            sheet.groups[tuple(map(str, entry.steps))] = said
    texts = [key for key in _TEXTS if isinstance(entry.node.get(key), str)]
    plan.problems += strays(entry, place.file, texts)


def _draft(plan: Plan, entry: Entry, place: Place) -> Draft:
    node, path = entry.node, tuple(map(str, entry.steps))
    value = stated(node, "value")
    type_name = _type_of(path, entry, value)
    kept = {key: part for key, part in node.items() if key not in _READ | _BUILT}
    for key, part in list(kept.items()):
        if isinstance(part, dict) and ("value" in part or "$value" in part):
            message = "a token holds no other tokens, and Style Dictionary does not read them either"
            plan.problems.append(Place(place.file, (*place.steps, key)).left_out(message, ".".join((*path, key))))
            del kept[key]
    extensions = node.get("$extensions")
    extensions = extensions if isinstance(extensions, dict) else {}
    described = node.get("comment") or stated(node, "description")
    return Draft(
        path,
        type_name,
        value,
        place,
        described if isinstance(described, str) else None,
        _deprecated(node),
        {**extensions, **({EXTENSION: kept} if kept else {})},
        unit="rem",
        sense=_sense(path, entry),
        assumed=True,
    )


def _deprecated(node: dict[str, Any]) -> bool | str | None:
    marked = stated(node, "deprecated")
    why = node.get("deprecated_comment")
    if marked and isinstance(why, str):
        return why
    return marked if isinstance(marked, bool | str) else None


def _sense(path: tuple[str, ...], entry: Entry) -> str:
    if entry.type in {"lineHeights", "lineHeight"} or (entry.type is None and "line-height" in path):
        return "line-height"
    return "opacity" if entry.type == "opacity" or (entry.type is None and path[0] == "opacity") else ""


def _type_of(path: tuple[str, ...], entry: Entry, value: Any) -> str | None:
    """The type that a token states, else the one that its value shows, else the one of its category."""
    if entry.type is not None:
        return _TYPES.get(entry.type, entry.type)
    if whole_reference(value) is not None:
        return None
    shown = _shown(value)
    if shown is not None:
        return shown
    attributes = entry.node.get("attributes")
    category = attributes.get("category") if isinstance(attributes, dict) else None
    category = category if isinstance(category, str) else path[0]
    if category == "font":
        return next((_FONT_PARTS[name] for name in path[1:] if name in _FONT_PARTS), None)
    if "line-height" in path:
        return "number"
    found = _CATEGORIES.get(category)
    return found if found is not None else "number" if measure_of(value) is not None else None


def _shown(value: Any) -> str | None:
    """The type that a value shows by itself, without doubt."""
    if isinstance(value, dict):
        return next((type_name for type_name, parts in _BY_PARTS if parts <= value.keys()), None)
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return _shown(value[0])
    if not isinstance(value, str):
        return None
    measure = measure_of(value)
    if measure is not None:
        return None if not measure[1] or measure[1] == "%" else "duration" if measure[1] in _TIMES else "dimension"
    if value in CURVES or value.startswith("cubic-bezier("):
        return "cubicBezier"
    return _in_css(value)


def _in_css(value: str) -> str | None:
    function = _FUNCTION.match(value.strip())
    if function is not None and function[1].endswith("-gradient"):
        return "gradient"
    words = split(value, " ")
    if len(words) == 1:
        if holds_reference(value):
            return "color" if function is not None and function[1].startswith("rgb") else None
        return "color" if _is_color(value) else None
    if _is_color(value):
        return "color"
    if len(words) == 3 and any(word in STROKES for word in words):
        return "border"
    return "shadow" if sum(measure_of(word) is not None for word in words) > 1 else None


def _is_color(text: str) -> bool:
    try:
        color_of(text)
    except NotCarried:
        return False
    return True
