"""What typer needs pydantic for, done plainly for the plain kinds of options: pydantic takes longer than most commands.

Typer (0.29) makes a pydantic adapter for each parameter of a command that is called. Texts, paths and choices, which
nearly all of ours are, need none; anything else, and every value that is refused, goes typer's own way.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_origin

from typer._param_types import coerce_cli_path
from typer.core import TyperArgument, TyperOption

_typers_own = TyperOption.get_runtime_param


class Plain:
    """Stands in for the adapter of one parameter."""

    def __init__(self, parameter: Any) -> None:
        self._parameter = parameter
        self._info = parameter.type_descriptor.parameter_info
        annotation = parameter.type_descriptor.annotation
        self._listed = get_origin(annotation) is list
        self._kind = get_args(annotation)[0] if self._listed else annotation

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value as the command's function takes it; typer's answer where it is not plain."""
        several = param.multiple or param.nargs == -1
        if value is None:
            return () if several else None
        if several == self._listed and not (several and isinstance(value, str)):
            try:
                return [self._one(part, ctx) for part in value] if several else self._one(value, ctx)
            except (TypeError, ValueError):
                pass
        self._parameter._runtime_param = None
        return _typers_own(self._parameter).coerce(value, param=param, ctx=ctx)

    def _one(self, value: Any, ctx: Any) -> Any:
        kind = self._kind
        if self._info.parser is not None:
            return self._info.parser(value)
        if kind is Path:
            return coerce_cli_path(Path(value), self._info, path_type=Path, param=self._parameter, ctx=ctx)
        if kind is str or issubclass(kind, Enum):
            return value if isinstance(value, kind) else kind(value)
        if kind is int and type(value) is int and value == self._parameter.default:
            return value
        raise TypeError(kind)


def _runtime_param(parameter: Any) -> Any:
    if parameter._runtime_param is None:
        parameter._runtime_param = Plain(parameter)
    return parameter._runtime_param


def coerce_plainly() -> None:
    """From now on typer's parameters import pydantic only for what needs it."""
    for kind in (TyperOption, TyperArgument):
        kind.get_runtime_param = _runtime_param  # type: ignore[method-assign, assignment]
