"""contrast: pairs of colors are told apart well enough, by the ratio of WCAG 2 (1.4.3, 1.4.11) or the Lc of APCA."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from designsystem import codes
from designsystem.color import Channels, convert
from designsystem.lint import apca
from designsystem.lint.rule import BadOption, Check, Finding, Rule
from designsystem.tokens.set import TokenSet

ENOUGH_FOR_TEXT = 4.5
MOST = 21
MOST_PAIRS = 1000
_KEYS = frozenset({"text", "on", "ratio", "lc"})


class Pair(NamedTuple):
    """The paths of a color and of what it lies on, the least ratio between them and the least Lc of APCA; None for what
    does not count."""

    text: str
    on: str
    ratio: float | None
    lc: float | None


def _configured(options: Mapping[str, Any]) -> Check:
    stated = options.get("pairs")
    if not isinstance(stated, list) or not stated or len(stated) > MOST_PAIRS:
        raise BadOption(
            f'pairs is a list of up to {MOST_PAIRS:,}, such as [{{"text": "color.text", "on": "color.bg"}}]'
        )
    pairs = [_pair(each) for each in stated]

    def check(tokens: TokenSet) -> Iterator[Finding]:
        for pair in pairs:
            yield from _judged(tokens, pair)

    return check


def _pair(stated: Any) -> Pair:
    if not isinstance(stated, dict) or not stated.keys() <= _KEYS:
        raise BadOption('a pair is {"text": path, "on": path} and perhaps "ratio" or "lc"')
    text, on, lc = stated.get("text"), stated.get("on"), stated.get("lc")
    ratio = stated.get("ratio", None if "lc" in stated else ENOUGH_FOR_TEXT)
    if not isinstance(text, str) or not isinstance(on, str):
        raise BadOption('a pair names two tokens by their paths: {"text": "color.text", "on": "color.bg"}')
    if ("ratio" in stated or "lc" not in stated) and not _is_between(ratio, 1, MOST):
        raise BadOption(f"the ratio of a pair is a number from 1 to {MOST}")
    if "lc" in stated and not _is_between(lc, 1, apca.MOST):
        raise BadOption(f"the lc of a pair, which is the contrast of APCA, is a number from 1 to {apca.MOST}")
    return Pair(text, on, ratio, lc)


def _is_between(number: Any, least: int, most: int) -> bool:
    return isinstance(number, int | float) and not isinstance(number, bool) and least <= number <= most


def _judged(tokens: TokenSet, pair: Pair) -> Iterator[Finding]:
    token = tokens.get(pair.text)
    for path in (pair.text, pair.on):
        if path not in tokens.tokens:
            yield Finding(token, f"a pair of the rule contrast names {path}, which is no token")
            return
    above, below = (_color(tokens, path) for path in (pair.text, pair.on))
    if above is None or below is None:
        yield Finding(token, f"this and {pair.on} are not two colors that can be compared")
    elif below.alpha < 1:
        yield Finding(token, f"{pair.on} is not opaque: what lies below decides; name a color without alpha")
    else:
        yield from (Finding(token, message) for message in _too_much_alike(pair, above, below))


def _too_much_alike(pair: Pair, above: Channels, below: Channels) -> Iterator[str]:
    if pair.ratio is not None and (ratio := ratio_of(above, below)) < pair.ratio:
        yield f"its contrast on {pair.on} is {ratio:.2f}:1, {pair.ratio:g}:1 is wanted"
    if pair.lc is not None and (lc := abs(lc_of(above, below))) < pair.lc:
        yield f"its contrast on {pair.on} is Lc {lc:.1f} by APCA, Lc {pair.lc:g} is wanted"


def _color(tokens: TokenSet, path: str) -> Channels | None:
    found = tokens.resolve(path)
    return convert(found.value, "srgb") if found is not None and found.type == "color" else None


def ratio_of(above: Channels, below: Channels) -> float:
    """The contrast ratio of a color on an opaque one, from 1 to 21, cut (not rounded up) at two digits."""
    lighter, darker = sorted((_luminance(_mixed(above, below)), _luminance(below[:3])), reverse=True)
    return int((lighter + 0.05) / (darker + 0.05) * 100 + 1e-9) / 100


def lc_of(above: Channels, below: Channels) -> float:
    """The contrast of a color on an opaque one by APCA, cut at one digit: above 0 for dark on light, else below."""
    return int(apca.lightness_contrast(_mixed(above, below), below[:3]) * 10) / 10


def _mixed(above: Channels, below: Channels) -> list[float]:
    return [top * above.alpha + ground * (1 - above.alpha) for top, ground in zip(above[:3], below[:3], strict=True)]


def _luminance(channels: Sequence[float]) -> float:
    """Relative luminance (WCAG 2.2), from sRGB channels of 0 to 1."""
    red, green, blue = (_linear(channel) for channel in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


CONTRAST = Rule("contrast", codes.LINT_CONTRAST, frozenset({"pairs"}), _configured)
