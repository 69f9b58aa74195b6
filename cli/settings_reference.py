"""`xds settings`: every setting with its value here, or the reference that docs/settings.md holds."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from rich.table import Table

from cli.output import AsJson, console, failures, print_json
from settings import Settings


def show_settings(
    markdown: Annotated[
        bool, typer.Option(help="Print the reference in Markdown, as docs/settings.md has it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show every setting, its value here and its meaning; secrets are never shown."""
    if markdown:
        typer.echo(reference(), nl=False)
        return
    with failures():
        settings = Settings()
    values = {name: _shown(getattr(settings, name)) for name in Settings.model_fields}
    if as_json:
        print_json(values)
        return
    table = Table("variable", "value", "meaning", box=None, header_style="bold")
    for name, field in Settings.model_fields.items():
        table.add_row(variable(name), str(values[name]), field.description or "")
    console.print(table)


def reference() -> str:
    """The text of docs/settings.md: one table per group, in the order of the code."""
    groups: dict[str, list[str]] = {}
    for name, field in Settings.model_fields.items():
        row = f"| `{variable(name)}` | {_default(field)} | {field.description} |"
        groups.setdefault(_group(field), []).append(row)
    lines = ["# Settings", "", "Read from the environment, or from a file `.env` in the working directory.", ""]
    lines += ["This page is made by `xds settings --markdown > docs/settings.md`; a test compares the two."]
    for group, rows in groups.items():
        lines += ["", f"## {group}", "", "| variable | default | meaning |", "| --- | --- | --- |", *rows]
    return "\n".join(lines) + "\n"


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"XDS_{name.upper()}"


def _group(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    return str(extra["group"]) if isinstance(extra, dict) else ""


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is None:
        return "unset"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`" if value != "" else "empty"


def _shown(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return "(set)"
    if isinstance(value, str) and "://" in value and "@" in value:  # a URL may hold a password
        scheme, rest = value.split("://", 1)
        return f"{scheme}://…@{rest.rsplit('@', 1)[1]}"
    return value if value is None or isinstance(value, bool | int | float | list) else str(value)
