"""color (DTCG Color Module 2025.10 §4): a colour space, its components, alpha and a fallback."""

from __future__ import annotations

import re
from math import inf
from typing import Any

from designsystem import codes
from designsystem.tokens.types.findings import Findings, Steps
from designsystem.tokens.types.numbers import NUMBER
from designsystem.tokens.types.shapes import ValueType, check_part, is_number, show, wrong

_UNIT, _PERCENT, _HUE, _ANY, _CHROMA = (0, 1), (0, 100), (0, 360), (-inf, inf), (0, inf)
_RGB = (_UNIT, _UNIT, _UNIT)
SPACES: dict[str, tuple[tuple[float, float], ...]] = {
    "srgb": _RGB,
    "srgb-linear": _RGB,
    "hsl": (_HUE, _PERCENT, _PERCENT),
    "hwb": (_HUE, _PERCENT, _PERCENT),
    "lab": (_PERCENT, _ANY, _ANY),
    "lch": (_PERCENT, _CHROMA, _HUE),
    "oklab": (_UNIT, _ANY, _ANY),
    "oklch": (_UNIT, _CHROMA, _HUE),
    "display-p3": _RGB,
    "a98-rgb": _RGB,
    "prophoto-rgb": _RGB,
    "rec2020": _RGB,
    "xyz-d65": _RGB,
    "xyz-d50": _RGB,
}
"""The fourteen colour spaces and the range of each component; a hue stays below its upper bound."""

_KEYS = frozenset({"colorSpace", "components", "alpha", "hex"})
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_CSS_HEX = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_CSS_CALL = re.compile(r"(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix|light-dark)\(.*\)", re.IGNORECASE)
_COUNT = 3
_FULL_CIRCLE = 360
_NAMES = """
    aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown
    burlywood cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan
    darkgoldenrod darkgray darkgreen darkgrey darkkhaki darkmagenta darkolivegreen darkorange darkorchid darkred
    darksalmon darkseagreen darkslateblue darkslategray darkslategrey darkturquoise darkviolet deeppink
    deepskyblue dimgray dimgrey dodgerblue firebrick floralwhite forestgreen fuchsia gainsboro ghostwhite gold
    goldenrod gray green greenyellow grey honeydew hotpink indianred indigo ivory khaki lavender lavenderblush
    lawngreen lemonchiffon lightblue lightcoral lightcyan lightgoldenrodyellow lightgray lightgreen lightgrey
    lightpink lightsalmon lightseagreen lightskyblue lightslategray lightslategrey lightsteelblue lightyellow
    lime limegreen linen magenta maroon mediumaquamarine mediumblue mediumorchid mediumpurple mediumseagreen
    mediumslateblue mediumspringgreen mediumturquoise mediumvioletred midnightblue mintcream mistyrose moccasin
    navajowhite navy oldlace olive olivedrab orange orangered orchid palegoldenrod palegreen paleturquoise
    palevioletred papayawhip peachpuff peru pink plum powderblue purple rebeccapurple red rosybrown royalblue
    saddlebrown salmon sandybrown seagreen seashell sienna silver skyblue slateblue slategray slategrey snow
    springgreen steelblue tan teal thistle tomato turquoise violet wheat white whitesmoke yellow yellowgreen
    transparent currentcolor
"""
NAMED_COLORS = frozenset(_NAMES.split())


def _check_color(value: Any, at: Steps, findings: Findings) -> None:
    if type(value) is dict:
        _check_object(value, at, findings)
    elif type(value) is str and is_css_color(value):
        message = f"{show(value)} is an older way to write a color; write {_as_object(value)}"
        findings.draft(codes.DRAFT_COLOR, at, message)
    else:
        wrong(COLOR, value, at, findings)


def is_css_color(text: str) -> bool:
    """Whether a string is a colour as CSS writes it."""
    return bool(_CSS_HEX.fullmatch(text) or _CSS_CALL.fullmatch(text) or text.lower() in NAMED_COLORS)


def _check_object(value: dict[str, Any], at: Steps, findings: Findings) -> None:
    space, components = value.get("colorSpace"), value.get("components")
    if space is None or components is None:
        wrong(COLOR, value, at, findings)
        return
    ranges = SPACES.get(space) if type(space) is str else None
    if ranges is None:
        message = f"the color space is one of {', '.join(SPACES)}; found {show(space)}"
        findings.error(codes.BAD_VALUE, (*at, "colorSpace"), message)
    _check_components(components, ranges, space, (*at, "components"), findings)
    if "alpha" in value:
        _check_alpha(value["alpha"], (*at, "alpha"), findings)
    if "hex" in value and not (type(value["hex"]) is str and _HEX.fullmatch(value["hex"])):
        message = 'hex is a fallback of six digits, such as "#1a2b3c" (alpha has its own place); found '
        if type(value["hex"]) is str and _CSS_HEX.fullmatch(value["hex"]):
            findings.draft(codes.DRAFT_COLOR, (*at, "hex"), message + show(value["hex"]))
        else:
            findings.error(codes.BAD_VALUE, (*at, "hex"), message + show(value["hex"]))
    if not value.keys() <= _KEYS:
        for key in value.keys() - _KEYS:
            message = f'a color has no "{key}"; it has colorSpace, components, alpha and hex'
            findings.draft(codes.UNKNOWN_VALUE_PROPERTY, (*at, key), message)


def _check_components(
    components: Any, ranges: tuple[tuple[float, float], ...] | None, space: Any, at: Steps, findings: Findings
) -> None:
    if type(components) is not list or len(components) != _COUNT:
        message = f"the components are a list of three numbers, such as [0.1, 0.4, 0.9]; found {show(components)}"
        findings.error(codes.BAD_VALUE, at, message)
        return
    for index, component in enumerate(components):
        if component == "none":
            continue
        check_part(NUMBER, component, (*at, index), findings)
        if ranges is not None and is_number(component):
            low, high = ranges[index]
            if not low <= component <= high or (high == _FULL_CIRCLE and component == high):
                message = f"component {index + 1} of {space} goes from {low:g} to {high:g}; found {show(component)}"
                findings.draft(codes.OUT_OF_RANGE, (*at, index), message)


def _check_alpha(alpha: Any, at: Steps, findings: Findings) -> None:
    if is_number(alpha) and not 0 <= alpha <= 1:
        findings.error(codes.BAD_VALUE, at, f"alpha goes from 0 (transparent) to 1 (opaque); found {show(alpha)}")
    else:
        check_part(NUMBER, alpha, at, findings)


def _as_object(text: str) -> str:
    """The 2025.10 form of a hex colour, so that it can be copied from the message."""
    digits = text.removeprefix("#")
    if not _CSS_HEX.fullmatch(text):
        return COLOR.example
    if len(digits) <= 4:
        digits = "".join(digit * 2 for digit in digits)
    channels = [round(int(digits[index : index + 2], 16) / 255, 4) for index in range(0, len(digits), 2)]
    alpha = f', "alpha": {channels[3]:g}' if len(channels) > _COUNT else ""
    components = ", ".join(f"{channel:g}" for channel in channels[:_COUNT])
    return f'{{"colorSpace": "srgb", "components": [{components}]{alpha}, "hex": "#{digits[:6].lower()}"}}'


COLOR = ValueType(
    "color",
    "an object of colorSpace, components and, if wanted, alpha and hex",
    '{"colorSpace": "srgb", "components": [0.2, 0.4, 0.9]}',
    _check_color,
)
