"""Token paths as the names each platform's people expect, with what it cannot hold escaped."""

from __future__ import annotations

import re
from collections.abc import Collection

from designsystem.exporters import reserved as reserved_words
from designsystem.exporters.kebab import kebab_word
from designsystem.exporters.text import css_identifier
from designsystem.tokens.names import ROOT


def segments_of(path: str, prefix: str = "") -> list[str]:
    """The names in a path; a root token goes by the name of its group (DTCG Format §6.2)."""
    names = path.removesuffix(f".{ROOT}").split(".")
    return [prefix, *names] if prefix else names


def kebab(path: str, prefix: str = "") -> str:
    """``color.brandPrimary.500`` → ``color-brand-primary-500``; camel humps and white space become hyphens."""
    return "-".join(kebab_word(segment) for segment in segments_of(path, prefix))


def custom_property(path: str, prefix: str = "") -> str:
    """The CSS custom property of a token, with its two hyphens."""
    return "--" + css_identifier(kebab(path, prefix))


def scss_name(path: str, prefix: str = "") -> str:
    """The Sass variable of a token without its ``$``; unlike a custom property it begins with no digit or hyphen."""
    name = kebab(path, prefix)
    first = f"\\{ord(name[0]):x} " if name[0] in "-0123456789" else ""
    return first + css_identifier(name[1:] if first else name)


def less_name(path: str, prefix: str = "") -> str:
    """The Less variable of a token without its ``@``; Less knows no escapes, so ``_`` stands for what it cannot say."""
    name = re.sub(r"[^a-z0-9_-]", _ascii, kebab(path, prefix))
    return f"{name}_" if name in reserved_words.LESS else name


def snake(path: str, prefix: str = "") -> str:
    """The Android resource of a token: ``color.brandPrimary.500`` → ``color_brand_primary_500``."""
    name = re.sub(r"[^a-z0-9_]", _ascii, kebab(path, prefix).replace("-", "_"))
    name = name if name[0].isalpha() else f"_{name}"
    return f"{name}_" if name in reserved_words.JAVA else name


def camel(path: str, prefix: str = "", reserved: Collection[str] | None = None) -> str:
    """The constant of a token: ``color.brand.500`` → ``colorBrand500``, never a name that is taken (in JavaScript,
    where nothing else is said)."""
    words = [word for segment in segments_of(path, prefix) for word in _words(segment)]
    name = "".join([words[0][:1].lower() + words[0][1:], *(word[:1].upper() + word[1:] for word in words[1:])])
    name = name if name.isidentifier() else "_" + name
    return f"{name}_" if name in (reserved_words.JAVASCRIPT if reserved is None else reserved) else name


def ascii_camel(path: str, prefix: str, reserved: Collection[str]) -> str:
    """The same in plain letters; another one is spelled by its code, and
    none begins with ``_``, which would make it private in Dart."""
    name = re.sub(r"[^A-Za-z0-9_]", _ascii, camel(path, prefix, reserved))
    return f"token{name.lstrip('_')}" if name[0] == "_" else name


def pascal(text: str) -> str:
    """The name of a type: ``acme-ui`` → ``AcmeUi``."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", text))


def _words(segment: str) -> list[str]:
    """The runs of what identifiers hold; a leading minus is spelled out, so that ``space.-1`` is not ``space.1``."""
    signed = re.sub(r"^-(?=\d)", "minus ", segment)
    return "".join(character if f"a{character}".isidentifier() else " " for character in signed).split() or ["_"]


def _ascii(match: re.Match[str]) -> str:
    """A letter that names cannot hold by its code, so that two such letters stay two; anything else as ``_``."""
    return f"u{ord(match[0]):04x}" if match[0].isalnum() else "_"
