"""Every export format by name: our own, and those that installed packages add under ``xds.exporters``."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from designsystem.exporters.exported import Format

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "xds.exporters"
"""The entry point group under which a package offers a :class:`Format`, by the format's name."""

_OURS = {
    "css": "css:FORMAT",
    "scss": "scss:FORMAT",
    "less": "less:FORMAT",
    "js": "javascript:FORMAT",
    "ts": "typescript:FORMAT",
    "json": "nested_json:FORMAT",
    "json-flat": "nested_json:FLAT",
    "dtcg": "dtcg:FORMAT",
    "tailwind": "tailwind:FORMAT",
    "swift": "swift:FORMAT",
    "ios-swiftui": "swift:SWIFTUI_FORMAT",
    "android": "android:FORMAT",
    "compose": "compose:FORMAT",
    "flutter": "flutter:FORMAT",
}


class _Formats(Mapping[str, Format]):
    """Our formats; the module of one is imported when it is asked for, so that a command starts quickly."""

    def __getitem__(self, name: str) -> Format:
        module, _, attribute = _OURS[name].partition(":")
        found: Format = getattr(import_module(f"designsystem.exporters.{module}"), attribute)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_OURS)

    def __len__(self) -> int:
        return len(_OURS)


FORMATS: Mapping[str, Format] = _Formats()
"""The formats that come with the product."""

_log = logging.getLogger(__name__)


class UnknownFormat(ValueError):
    """No exporter goes by this name."""


def format_called(name: str) -> Format:
    """The format of this name; installed packages are only looked through for one that is not ours.

    Raises UnknownFormat.
    """
    found = FORMATS.get(name) or formats().get(name)
    if found is None:
        raise UnknownFormat(f"unknown export format {name!r}; there are {', '.join(formats())}")
    return found


@cache
def formats() -> Mapping[str, Format]:
    """All formats, ours first. One that cannot be loaded, or that would take a name of ours, is left out and logged."""
    from importlib.metadata import entry_points

    found = dict(FORMATS)
    for point in sorted(entry_points(group=GROUP), key=lambda each: (each.name, each.value)):
        if point.name in found:
            _log.warning("the exporter %s (%s) is left out: that name is taken", point.name, point.value)
        elif (loaded := _loaded(point)) is not None:
            found[point.name] = loaded
    return MappingProxyType(found)


def _loaded(point: EntryPoint) -> Format | None:
    try:
        loaded = point.load()
    except Exception:  # noqa: BLE001 - whatever a stranger's module raises must not end the service
        _log.warning("the exporter %s (%s) cannot be loaded", point.name, point.value, exc_info=True)
        return None
    if not isinstance(loaded, Format) or loaded.name != point.name:
        _log.warning("the exporter %s (%s) is no Format of that name", point.name, point.value)
        return None
    return loaded
