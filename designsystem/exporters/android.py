"""Android: the resources of a ``values`` file; what is made of parts becomes one resource for each part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from designsystem import codes
from designsystem.exporters.declarations import inexpressible
from designsystem.exporters.exported import Entry, Format, Job, Names
from designsystem.exporters.names import snake
from designsystem.exporters.typed import (
    Bezier,
    Border,
    Color,
    Duration,
    Families,
    Flag,
    Gradient,
    Layer,
    Length,
    Number,
    Shadow,
    Stroke,
    Text,
    Transition,
    Typed,
    Typography,
    Weight,
    typed,
)
from designsystem.problem import Problem

_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


class Resource(NamedTuple):
    """One resource: what its name adds to the token's, its kind (which has names of its own), its element and text."""

    part: str
    kind: str
    element: str
    text: str
    attributes: str = ""


def render(job: Job) -> tuple[str, list[Problem]]:
    """The file. A name is free for each kind of resource, as it is in ``R``; tokens get theirs before parts do."""
    problems: list[Problem] = []
    names = Names()
    found: list[tuple[Entry, list[Resource]]] = []
    for entry in job.entries:
        value = typed(entry.resolved.type, entry.resolved.value)
        if value is None:
            problems.append(entry.problem(codes.EXPORT_INEXPRESSIBLE, inexpressible(entry, "Android resources")))
            continue
        resources = list(resources_of(value))
        if resources[0].part or _claim(names, resources[0], entry, job):
            found.append((entry, resources))
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<!--"]
    lines += [*(f"  {_commented(line)}" for line in job.header.lines()), "-->", "<resources>"]
    for entry, resources in found:
        free = [each for each in resources if not each.part or _claim(names, each, entry, job)]
        if free and (notes := entry.notes()):
            lines.append(f"    <!-- {_commented(' '.join(filter(None, notes)))} -->")
        lines += (_element(each, _name(each, entry, job)) for each in free)
    return "\n".join([*lines, "</resources>", ""]), [*problems, *names.problems]


def resources_of(value: Typed, part: str = "", unit: str = "dp") -> Iterator[Resource]:  # noqa: C901
    """A value as resources; ``unit`` is ``sp`` for what grows with the reader's font size."""
    match value:
        case Color():
            yield Resource(part, "color", "color", f"#{value.srgb().argb()}")
        case Length():
            yield Resource(part, "dimen", "dimen", f"{value.pixels}{unit}")
        case Number():
            yield Resource(part, "dimen", "item", value.text, ' type="dimen" format="float"')
        case Duration(milliseconds):
            yield Resource(part, "integer", "integer", str(round(milliseconds)))
        case Weight(number):
            yield Resource(part, "integer", "integer", str(round(number)))
        case Flag(flag):
            yield Resource(part, "bool", "bool", str(flag).lower())
        case Text(text):
            yield Resource(part, "string", "string", _string(text), ' translatable="false"')
        case Families(names):
            yield Resource(part, "string", "string", _string(", ".join(names)), ' translatable="false"')
        case Bezier(points):
            for name, point in zip(("x1", "y1", "x2", "y2"), points, strict=True):
                yield Resource(_joined(part, name), "dimen", "item", point, ' type="dimen" format="float"')
        case Stroke(style, dashes):
            yield Resource(part, "string", "string", style, ' translatable="false"')
            for number, dash in enumerate(dashes, 1):
                yield from resources_of(dash, _joined(part, f"dash_{number}"))
        case _:
            for name, inner in _parts(value):
                yield from resources_of(inner, _joined(part, name), "sp" if isinstance(value, Typography) else unit)


def _parts(value: Typed | Layer) -> Iterator[tuple[str, Typed]]:
    """A composite's parts by name."""
    match value:
        case Border(color, width, style):
            yield from (("color", color), ("width", width), ("style", style))
        case Transition(duration, delay, timing):
            yield from (("duration", duration), ("delay", delay), ("timing", timing))
        case Layer(color, x, y, blur, spread, inset):
            yield from (("color", color), ("offset_x", x), ("offset_y", y), ("blur", blur), ("spread", spread))
            yield "inset", Flag(inset)
        case Shadow(layers):
            for number, layer in enumerate(layers, 1):
                before = f"{number}_" if len(layers) > 1 else ""
                yield from ((before + name, part) for name, part in _parts(layer))
        case Gradient(stops):
            for number, stop in enumerate(stops, 1):
                yield f"{number}_color", stop.color
                yield f"{number}_position", Number(float(stop.position))
        case Typography(families, size, weight, height, spacing):
            parts = {"font_family": families, "font_size": size, "font_weight": weight, "line_height": height,
                     "letter_spacing": spacing}  # fmt: skip
            yield from ((name, part) for name, part in parts.items() if part is not None)


def _claim(names: Names, resource: Resource, entry: Entry, job: Job) -> bool:
    return names.claim(f"{resource.kind}/{_name(resource, entry, job)}", entry, codes.EXPORT_COLLISION)


def _name(resource: Resource, entry: Entry, job: Job) -> str:
    return snake(f"{entry.path}.{resource.part}" if resource.part else entry.path, job.prefix)


def _element(resource: Resource, name: str) -> str:
    return f'    <{resource.element} name="{name}"{resource.attributes}>{resource.text}</{resource.element}>'


def _joined(part: str, name: str) -> str:
    return f"{part}_{name}" if part else name


def _string(text: str) -> str:
    """A string resource: quotes, the signs that begin a reference, and white space at the ends are escaped."""
    plain = _INVALID.sub("\ufffd", text).replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"')
    plain = re.sub(r"[\n\t]|^[@?]|^ | $|(?<= ) ", lambda match: _ESCAPES.get(match[0], f"\\{match[0]}"), plain)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_ESCAPES = {"\n": "\\n", "\t": "\\t", " ": "\\u0020"}


def _commented(line: str) -> str:
    """Text inside an XML comment, which holds no two hyphens."""
    return re.sub(r"-(?=-)", "- ", _INVALID.sub("\ufffd", line)) + (" " if line.endswith("-") else "")


FORMAT = Format(
    "android", "application/xml", "xml", render, "Android resources",
    '<resources>\n    <dimen name="space_sm">4dp</dimen>\n</resources>\n',
)  # fmt: skip
