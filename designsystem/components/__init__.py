"""Components: folders with a ``component.json``, code and documentation, read leniently and edited in place."""

from __future__ import annotations

from designsystem.components.component import Component, component_id
from designsystem.components.names import InvalidComponentName, directory_name, name_fault
from designsystem.components.reading import read_component
from designsystem.components.writing import ComponentEditError, write_component

__all__ = [
    "Component",
    "ComponentEditError",
    "InvalidComponentName",
    "component_id",
    "directory_name",
    "name_fault",
    "read_component",
    "write_component",
]
