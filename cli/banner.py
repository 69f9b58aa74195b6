"""What `xds serve` says once it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from cli.output import console, errors, print_json
from settings import Settings

if TYPE_CHECKING:
    from services.setup import FirstStart


def show_banner(settings: Settings, first: FirstStart, *, as_json: bool, running: bool = True) -> None:
    """Say where the service listens, how to sign in, what to clone, where its files lie and how to stop it.

    Where it does not run after all, only the new account is told: its password is never shown again.
    """
    if not running:
        if first.admin_password is not None:
            errors.print(f"account made at this first start: {_sign_in(first)}")
        return
    if as_json:
        print_json(
            {
                "url": settings.base_url,
                "admin_email": first.admin_email,
                "admin_password": first.admin_password,
                "clone_url": first.demo_clone_url,
                "data": str(settings.data),
            }
        )
        return
    rows = {
        "URL": f"[bold]{settings.base_url}[/]  [dim](API at {settings.base_url}/docs)[/]",
        "Sign in": _sign_in(first),
        "Clone": f"git clone {first.demo_clone_url}" if first.demo_clone_url else "",
        "Data": str(settings.data),
        "Stop": "Ctrl-C",
    }
    table = Table(box=None, show_header=False, padding=(0, 2))
    for name, value in rows.items():
        if value:
            table.add_row(f"[dim]{name}[/]", value)
    console.print("\n[bold]xText Design System[/] is running")
    console.print(table)


def _sign_in(first: FirstStart) -> str:
    if first.admin_password is None:
        return f"{first.admin_email}  [dim](password as set at the first start)[/]"
    return f"{first.admin_email}  [bold]{first.admin_password}[/]  [dim](shown only this once)[/]"
