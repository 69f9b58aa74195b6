"""Reads Tokens Studio's JSON: token sets in one file or in a folder, themes, and its own types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from designsystem import codes
from designsystem.importers.drafts import Axis, Draft, Modify, Place, Plan, Sheet, Steps
from designsystem.importers.reading import Entry, Sources, entries, file_of, is_token, stated, strays
from designsystem.jsontext.file import JsonFile

STUDIO_TYPES: Final = {
    "borderRadius": "dimension", "borderWidth": "dimension", "spacing": "dimension", "sizing": "dimension",
    "dimension": "dimension", "fontSizes": "dimension", "fontSize": "dimension", "letterSpacing": "dimension",
    "paragraphSpacing": "dimension", "paragraphIndent": "dimension", "lineHeights": "dimension",
    "lineHeight": "dimension", "opacity": "number", "fontFamilies": "fontFamily", "fontWeights": "fontWeight",
    "boxShadow": "shadow",
}  # fmt: skip
"""The tool's types and those of the format that they become; the format's own names stay."""

MARKS: Final = STUDIO_TYPES.keys() - {"dimension", "fontSize", "lineHeight", "opacity"} | {"composition", "textCase"}
_OLD_REFERENCE = re.compile(r"(?<![\w{$])\$([A-Za-z][\w-]*(?:\.[\w-]+)+)")
_THEMES, _METADATA = "$themes", "$metadata"


def recognises(sources: Sources) -> bool:
    """Whether files are this tool's: its themes or metadata, or a type that only it has."""
    for path, file in sources.items():
        if path.rpartition("/")[2] in {f"{_THEMES}.json", f"{_METADATA}.json"}:
            return True
        root = file.root.value if file.root is not None else None
        if isinstance(root, dict) and (_THEMES in root or _METADATA in root):
            return True
        if any(entry.token and entry.type in MARKS for entry in entries(file)):
            return True
    return False


def read(sources: Sources) -> Plan:
    """The plan of what the files hold."""
    plan = Plan()
    order: list[str] = []
    themes: list[tuple[Place, Any]] = []
    for path, file in sources.items():
        stem = path.removesuffix(".json").removesuffix(".tokens")
        name = stem.rpartition("/")[2]
        root = file.root.value if file.root is not None else None
        if name == _METADATA and isinstance(root, dict):
            order += _texts(root.get("tokenSetOrder"))
        elif name == _THEMES and isinstance(root, list):
            themes += [(Place(file, (index,)), theme) for index, theme in enumerate(root)]
        elif isinstance(root, dict):
            metadata = root.get(_METADATA)
            order += _texts(metadata.get("tokenSetOrder")) if isinstance(metadata, dict) else []
            listed = root.get(_THEMES)
            if isinstance(listed, list):
                themes += [(Place(file, (_THEMES, index)), theme) for index, theme in enumerate(listed)]
            _read_sets(plan, file, root, stem, order)
    names = [name for name in dict.fromkeys(order) if name in plan.sheets]
    names += [name for name in plan.sheets if name not in names]
    _apply(plan, names, [(place, theme) for place, theme in themes if isinstance(theme, dict)])
    return plan


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _read_sets(plan: Plan, file: JsonFile, root: Mapping[str, Any], stem: str, order: list[str]) -> None:
    """The sets of one file: its top-level objects where it holds several, else the file itself."""
    members = [key for key in root if not key.startswith("$")]
    several = _METADATA in root or _THEMES in root or any(key in order for key in members)
    if not several and not is_token(root):
        several = _leads_further(file, members)
    for name in members if several else [stem]:
        sheet = plan.sheets.setdefault(name, Sheet(name, file_of(name, (s.file for s in plan.sheets.values()))))
        inner: Steps = (name,) if several else ()
        _read_set(plan, sheet, file, inner)


def _leads_further(file: JsonFile, members: list[str]) -> bool:
    """Whether references of a file without metadata leave out its top-level names, which then are those of sets."""
    tokens = [entry for entry in entries(file) if entry.token]
    whole = {".".join(map(str, entry.steps)) for entry in tokens}
    inside = {path.partition(".")[2] for path in whole}
    written = [str(stated(entry.node, "value")) for entry in tokens]
    targets = [target for text in written for target in re.findall(r"\{([^{}]+)\}", text)]
    without = sum(target in inside for target in targets)
    return bool(members) and without > sum(target in whole for target in targets)


def _read_set(plan: Plan, sheet: Sheet, file: JsonFile, inner: Steps) -> None:
    for entry in entries(file, inner):
        place = Place(file, entry.steps)
        path = tuple(map(str, entry.steps[len(inner) :]))
        if not entry.token:
            description = entry.node.get("$description")
            if isinstance(description, str):
                sheet.groups[path] = description
            plan.problems += strays(entry, file)
        elif not path:
            plan.problems.append(place.left_out("this token has no name"))
        else:
            sheet.add(_draft(plan, path, entry, place))


def _draft(plan: Plan, path: tuple[str, ...], entry: Entry, place: Place) -> Draft:
    node, own = entry.node, entry.type or ""
    modify, extensions = _modifier(node)
    for key in node.keys() - _KNOWN:
        message = f'"{key[:60]}" stands beside the value, where the format has no place for it'
        plan.problems.append(Place(place.file, (*place.steps, key)).left_out(message, ".".join(path)))
    type_name = STUDIO_TYPES.get(own, entry.type)
    value = _shaped(type_name, _modern(stated(node, "value")))
    described, marked = stated(node, "description"), node.get("$deprecated")
    return Draft(
        path,
        type_name,
        value,
        place,
        described if isinstance(described, str) else None,
        marked if isinstance(marked, bool | str) else None,
        extensions,
        sense={"lineHeights": "line-height", "lineHeight": "line-height", "opacity": "opacity"}.get(own, ""),
        modify=modify,
    )


_KNOWN: Final = frozenset(
    "value type description extensions $value $type $description $extensions $deprecated rawValue".split()  # noqa: SIM905
)


def _modifier(node: dict[str, Any]) -> tuple[Modify | None, dict[str, Any]]:
    """What is done to a color, and the other extensions, which are kept."""
    extensions = node.get("$extensions")
    if not isinstance(extensions, dict):
        return None, {}
    studio = extensions.get("studio.tokens")
    if not isinstance(studio, dict) or not isinstance(studio.get("modify"), dict):
        return None, extensions
    found = studio["modify"]
    space = str(found.get("space") or "lch")
    mixed = _modern(found.get("color"))
    modify = Modify(str(found.get("type")), _modern(found.get("value")), space, mixed)
    rest = {key: part for key, part in studio.items() if key != "modify"}
    kept = {key: part for key, part in extensions.items() if key != "studio.tokens"}
    return modify, {**kept, **({"studio.tokens": rest} if rest else {})}


def _modern(value: Any) -> Any:
    """References of the tool's first versions (``$color.red``) as those of today."""
    if isinstance(value, str):
        return _OLD_REFERENCE.sub(r"{\1}", value) if "$" in value else value
    if isinstance(value, dict):
        return {key: _modern(part) for key, part in value.items()}
    return [_modern(part) for part in value] if isinstance(value, list) else value


def _shaped(type_name: str | None, value: Any) -> Any:
    """A composite with its parts under the format's names."""
    if type_name == "shadow":
        return [_layer(layer) for layer in value] if isinstance(value, list) else _layer(value)
    return value


def _layer(layer: Any) -> Any:
    if not isinstance(layer, dict):
        return layer
    names = {"x": "offsetX", "y": "offsetY"}
    shaped = {names.get(key, key): part for key, part in layer.items() if key not in {"type", "blendMode"}}
    if "type" in layer:
        shaped["inset"] = layer["type"] == "innerShadow"
    return shaped


def _apply(plan: Plan, names: list[str], themes: list[tuple[Place, dict[str, Any]]]) -> None:
    """Themes as modifiers: one for each group, a context for each theme."""
    grouped: dict[str, dict[str, list[str]]] = {}
    for place, theme in themes:
        group = theme.get("group") or "theme"
        chosen = _chosen(theme.get("selectedTokenSets"))
        for missing in sorted(chosen - plan.sheets.keys()):
            plan.problems.append(place.left_out(f'the theme names the set "{missing}", which is in none of the files'))
        enabled = [name for name in names if name in chosen]
        contexts = grouped.setdefault(str(group), {})
        contexts[_free(str(theme.get("name") or "unnamed"), contexts)] = enabled
        if theme.get("$figmaStyleReferences") or theme.get("$figmaVariableReferences"):
            message = "the theme's links to styles and variables of Figma have no place in the format"
            plan.problems.append(place.left_out(message))
    always = [name for name in names if _is_always(name, grouped)] if grouped else names
    plan.base = always
    for group, contexts in grouped.items():
        found = {name: [each for each in enabled if each not in always] for name, enabled in contexts.items()}
        if any(found.values()):
            plan.axes.append(Axis(group, found, next(iter(found))))
    used = {*always, *(name for axis in plan.axes for sheets in axis.contexts.values() for name in sheets)}
    plan.axes.sort(key=lambda axis: min((names.index(n) for s in axis.contexts.values() for n in s), default=0))
    plan.problems += _unused(plan, names, used) if grouped else _stated_again(plan, names)
    plan.problems += _overtaken(plan, names)


def _chosen(value: Any) -> set[str]:
    """The sets that a theme takes part of, whether they are written out by the tool or only referred to."""
    if isinstance(value, list):
        value = {str(each.get("id")): each.get("status") for each in value if isinstance(each, dict)}
    return {name for name, how in value.items() if how != "disabled"} if isinstance(value, dict) else set()


def _is_always(name: str, grouped: dict[str, dict[str, list[str]]]) -> bool:
    return any(all(name in enabled for enabled in contexts.values()) for contexts in grouped.values())


def _unused(plan: Plan, names: list[str], used: set[str]) -> Iterator[Any]:
    for name in names:
        drafts = plan.sheets[name].drafts
        if name not in used and drafts:
            message = f'no theme uses the set "{name}"; its file is written, and the resolver does not read it'
            yield next(iter(drafts.values())).place.problem(codes.IMPORT_LEFT_OUT, message)


def _stated_again(plan: Plan, names: list[str]) -> Iterator[Any]:
    """Sets that state tokens of others again, where no theme says when."""
    for index, name in enumerate(names):
        for before in names[:index]:
            shared = plan.sheets[name].drafts.keys() & plan.sheets[before].drafts.keys()
            if shared:
                count = f"{len(shared):,} of the tokens"
                message = f'"{name}" states {count} of "{before}" again and, without themes, always counts'
                yield plan.sheets[name].drafts[min(shared)].place.problem(codes.IMPORT_CHANGED, message, min(shared))


def _overtaken(plan: Plan, names: list[str]) -> Iterator[Any]:
    """Sets that stand after those of a theme in the tool's order, and state the same tokens: here the theme counts."""
    for axis in plan.axes:
        for before in {name for sheets in axis.contexts.values() for name in sheets}:
            for after in plan.base:
                shared = plan.sheets[after].drafts.keys() & plan.sheets[before].drafts.keys()
                if names.index(after) > names.index(before) and shared:
                    raw = min(shared)
                    count = f"{len(shared)} of its tokens"
                    message = f'"{after}" came after "{before}" and stated {count} again; now the theme counts'
                    yield plan.sheets[after].drafts[raw].place.problem(codes.IMPORT_CHANGED, message, raw)


def _free(name: str, taken: Mapping[str, Any]) -> str:
    while name in taken:
        name = f"{name} 2"
    return name
