"""One component as its folder describes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid5

COMPONENT_FILE: Final = "component.json"
README: Final = "README.md"
ENTRY_SUFFIXES: Final = (".tsx", ".ts", ".jsx", ".js", ".vue", ".svelte")


@dataclass(frozen=True, slots=True)
class Component:
    """A component.

    ``directory`` is its path from the repository's root; ``props`` a JSON Schema per prop; ``entry`` the file in the
    directory that ``code`` was read from; ``documentation`` its README. None means that there is no such file, or none
    that is text.
    """

    id_in_file: UUID | None
    directory: str
    name: str
    category: str = ""
    props: dict[str, Any] = field(default_factory=dict)
    code: str | None = None
    documentation: str | None = None
    entry: str | None = None
    description: str | None = None


def component_id(system_id: UUID, component: Component) -> UUID:
    """The id that a component keeps (DESIGN §4): the one in its file, else a UUIDv5 of system and directory."""
    return component.id_in_file or uuid5(system_id, f"component:{component.directory}")
