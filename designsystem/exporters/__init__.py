"""Design tokens as the files that platforms read: one module per format, found by name in the registry.

What stands here is imported when it is first asked for: some modules of this package are read by commands that must
start quickly and need no more than names and texts.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from designsystem.exporters.exported import Block, Exported, Format, Header, Job
    from designsystem.exporters.exporting import MAX_PREFIX, InvalidPrefix, NoThemes, export
    from designsystem.exporters.registry import FORMATS, UnknownFormat, format_called, formats
    from designsystem.exporters.themes import Themes, themed

__all__ = [
    "FORMATS",
    "MAX_PREFIX",
    "Block",
    "Exported",
    "Format",
    "Header",
    "InvalidPrefix",
    "Job",
    "NoThemes",
    "Themes",
    "UnknownFormat",
    "export",
    "format_called",
    "formats",
    "themed",
]

_HOMES = {
    **dict.fromkeys(("Block", "Exported", "Format", "Header", "Job"), "exported"),
    **dict.fromkeys(("FORMATS", "UnknownFormat", "format_called", "formats"), "registry"),
    **dict.fromkeys(("Themes", "themed"), "themes"),
}


def __getattr__(name: str) -> object:
    """What is asked for by name, from the module that it lives in."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'exporting')}"), name)
