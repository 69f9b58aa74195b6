"""Text that cannot break out of where an exporter puts it: CSS strings and identifiers, raw CSS values, comments."""

from __future__ import annotations

import re

_GENERIC_FAMILIES = frozenset(
    {
        "serif",
        "sans-serif",
        "monospace",
        "cursive",
        "fantasy",
        "system-ui",
        "ui-serif",
        "ui-sans-serif",
        "ui-monospace",
        "ui-rounded",
        "math",
        "emoji",
        "fangsong",
        "-apple-system",
        "blinkmacsystemfont",
    }
)
_FORBIDDEN = re.compile(r"[;{}<>@\\!`$\x00-\x1f\x7f\u2028\u2029]|/\*|\*/|//")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_CLOSERS = {")": "(", "]": "["}
MAX_RAW = 4096


def css_string(text: str) -> str:
    """A quoted CSS string; safe in Sass, where ``#{`` would interpolate, and inside an HTML ``style`` element."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("#{", "\\#{")
    return '"' + re.sub(r"[\x00-\x1f\x7f<\u2028\u2029\ud800-\udfff]", _hex_escape, escaped) + '"'


def css_identifier(name: str) -> str:
    """Escape what a CSS identifier cannot hold (CSSOM "serialize an identifier", save for the first character)."""
    return re.sub(r"[^A-Za-z0-9_\-\u0080-\ud7ff\ue000-\U0010ffff]", _escape, name)


def raw_css(text: str) -> str | None:
    """A string that goes into CSS as it stands (drafts' ``16px``); None if it could end its declaration."""
    stripped = text.strip()
    if not stripped or len(stripped) > MAX_RAW or _FORBIDDEN.search(_outside_urls(stripped)):
        return None
    return stripped if _balanced(stripped) else None


def font_family(names: list[str]) -> str:
    """A ``font-family`` list: generic families as keywords, every other name quoted."""
    return ", ".join(name if name.lower() in _GENERIC_FAMILIES else css_string(name) for name in names)


def comment_text(text: str) -> str:
    """One line that cannot close a block comment nor start a new line in a line comment."""
    return _CONTROL.sub(" ", text).replace("*/", "*\\/").strip()


def comment_lines(text: str) -> list[str]:
    """A text for comments, line by line, each safe on its own; blank lines at either end are dropped."""
    lines = [comment_text(line) for line in text.splitlines()]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _outside_urls(text: str) -> str:
    """``//`` is fine inside url(https://…) and nowhere else: Sass reads it as a comment."""
    return re.sub(r"url\((['\"]?)https?://", r"url(\1", text)


def _balanced(text: str) -> bool:
    """Whether brackets pair up and quotes close; in a quoted run brackets mean nothing."""
    stack: list[str] = []
    quote = ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "([":
            stack.append(character)
        elif character in _CLOSERS and (not stack or stack.pop() != _CLOSERS[character]):
            return False
    return not stack and not quote


def _hex_escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\{0xFFFD if code == 0 or 0xD800 <= code <= 0xDFFF else code:x} "


def _escape(match: re.Match[str]) -> str:
    return _hex_escape(match) if not match[0].isprintable() or not match[0].isascii() else "\\" + match[0]
