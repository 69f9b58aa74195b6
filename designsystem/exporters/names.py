"""Token paths as the names each platform's people expect, with what it cannot hold escaped."""

from __future__ import annotations

import re

from designsystem.exporters.text import css_identifier
from designsystem.tokens.names import ROOT

_BOUNDARY = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# fmt: off
_RESERVED_JS = frozenset({
    "arguments", "await", "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete",
    "do", "else", "enum", "eval", "export", "extends", "false", "finally", "for", "function", "if", "implements",
    "import", "in", "instanceof", "interface", "let", "new", "null", "package", "private", "protected", "public",
    "return", "static", "super", "switch", "this", "throw", "true", "try", "typeof", "undefined", "var", "void",
    "while", "with", "yield", "NaN", "Infinity", "tokens", "flat", "freeze", "token", "TokenName", "TokenValue",
})
# fmt: on
"""JavaScript's reserved words, and the names that the exported modules themselves use."""


def segments_of(path: str, prefix: str = "") -> list[str]:
    """The names in a path; a root token goes by the name of its group (DTCG Format §6.2)."""
    names = path.removesuffix(f".{ROOT}").split(".")
    return [prefix, *names] if prefix else names


def kebab(path: str, prefix: str = "") -> str:
    """``color.brandPrimary.500`` → ``color-brand-primary-500``; camel humps and white space become hyphens."""
    return "-".join(_kebab_segment(segment) for segment in segments_of(path, prefix))


def custom_property(path: str, prefix: str = "") -> str:
    """The CSS custom property of a token, with its two hyphens."""
    return "--" + css_identifier(kebab(path, prefix))


def scss_name(path: str, prefix: str = "") -> str:
    """The Sass variable of a token without its ``$``; unlike a custom property it begins with no digit or hyphen."""
    name = kebab(path, prefix)
    first = f"\\{ord(name[0]):x} " if name[0] in "-0123456789" else ""
    return first + css_identifier(name[1:] if first else name)


def camel(path: str, prefix: str = "") -> str:
    """The JavaScript constant of a token: ``color.brand.500`` → ``colorBrand500``, never a name that is taken."""
    words = [word for segment in segments_of(path, prefix) for word in _words(segment)]
    name = "".join([words[0][:1].lower() + words[0][1:], *(word[:1].upper() + word[1:] for word in words[1:])])
    name = name if name.isidentifier() else "_" + name
    return f"{name}_" if name in _RESERVED_JS else name


def _kebab_segment(segment: str) -> str:
    return re.sub(r"\s+", "-", _BOUNDARY.sub("-", segment.strip())).lower() or "_"


def _words(segment: str) -> list[str]:
    """The runs of what identifiers hold; a leading minus is spelled out, so that ``space.-1`` is not ``space.1``."""
    signed = re.sub(r"^-(?=\d)", "minus ", segment)
    return "".join(character if f"a{character}".isidentifier() else " " for character in signed).split() or ["_"]
