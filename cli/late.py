"""Commands by name that are imported when they are asked for, so that `xds` starts with what one command needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from cli.coercion import coerce_plainly


@dataclass(frozen=True, slots=True)
class Late:
    """Where a command lies, ``cli.module:function`` or a group's ``cli.module:app``, and its panel in the help."""

    place: str
    panel: str

    def load(self, name: str) -> Any:
        """The command, made of what the module holds."""
        module, _, attribute = self.place.partition(":")
        found = getattr(import_module(module), attribute)
        holder = typer.Typer(add_completion=False)
        if isinstance(found, typer.Typer):
            holder.add_typer(found, name=name, rich_help_panel=self.panel)
            made = typer.main.get_command(holder)
            return made.commands[name] if isinstance(made, TyperGroup) else made
        holder.command(name, rich_help_panel=self.panel)(found)
        return typer.main.get_command(holder)


class Commands(Mapping[str, Any]):
    """Commands by name, each loaded once, in the order in which they are listed; then those that were made before."""

    def __init__(self, places: Mapping[str, Late], made: Mapping[str, Any]) -> None:
        self._places = places
        self._loaded = dict(made)
        self._names = [*places, *(name for name in made if name not in places)]

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            self._loaded[name] = self._places[name].load(name)
        return self._loaded[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def listed(self) -> dict[str, Any]:
        """The same as far as a list of them goes: those that have a line there are not loaded for it."""
        from cli.lines import LINES

        found: dict[str, Any] = {}
        for name in self:
            late = self._places.get(name)
            if late is None or name not in LINES or name in self._loaded:
                found[name] = self[name]
            else:
                found[name] = TyperCommand(name, help=LINES[name], rich_help_panel=late.panel)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def group_of(places: Mapping[str, Late]) -> type[TyperGroup]:
    """The class of a group that holds these commands."""
    coerce_plainly()

    class Group(TyperGroup):
        """A group whose commands are loaded when they are asked for."""

        def __init__(self, **attributes: Any) -> None:
            super().__init__(**attributes)
            self.commands: Any = Commands(places, self.commands)

        def format_help(self, ctx: Any, formatter: Any) -> None:
            """The help, for which no command needs to be loaded."""
            commands = self.commands
            self.commands = commands.listed()
            try:
                super().format_help(ctx, formatter)
            finally:
                self.commands = commands

    return Group
