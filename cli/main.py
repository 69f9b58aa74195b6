"""The `xds` command: registers the subcommands, each in a module of its own."""

from __future__ import annotations

from importlib import metadata
from typing import Annotated

import typer

from cli import (
    account,
    admin,
    audit,
    diff,
    export,
    grants,
    import_tokens,
    importing,
    keys,
    lint,
    login,
    merge_driver,
    migrate,
    own_data,
    providers,
    reindex,
    resolve,
    serve,
    settings_reference,
    systems,
    teams,
    validate,
    worker,
)

app = typer.Typer(
    name="xds",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals may hold secrets
    context_settings={"help_option_names": ["-h", "--help"]},
)

USING = "Design systems"
SIGNING_IN = "Signing in"
RUNNING = "Running the service"

app.command("import", rich_help_panel=USING)(importing.import_)
app.command("import-tokens", rich_help_panel=USING)(import_tokens.import_tokens)
app.command("export", rich_help_panel=USING)(export.export)
app.command("validate", rich_help_panel=USING)(validate.validate)
app.command("lint", rich_help_panel=USING)(lint.lint)
app.command("resolve", rich_help_panel=USING)(resolve.resolve)
app.command("diff", rich_help_panel=USING)(diff.diff)
app.command("init", rich_help_panel=USING)(merge_driver.init)
app.command("merge-driver", rich_help_panel=USING)(merge_driver.merge_driver)
app.command("systems", rich_help_panel=USING)(systems.systems)
app.command("clone-url", rich_help_panel=USING)(systems.clone_url)
app.command("login", rich_help_panel=SIGNING_IN)(login.login)
app.command("logout", rich_help_panel=SIGNING_IN)(login.logout)
app.command("whoami", rich_help_panel=SIGNING_IN)(login.whoami)
app.add_typer(keys.app, name="keys", rich_help_panel=SIGNING_IN)
account.app.command("export")(own_data.export)
account.app.command("erase")(own_data.erase)
app.add_typer(account.app, name="account", rich_help_panel=SIGNING_IN)
app.add_typer(teams.app, name="team", rich_help_panel=SIGNING_IN)
app.add_typer(grants.app, name="grant", rich_help_panel=SIGNING_IN)
app.command("audit", rich_help_panel=RUNNING)(audit.audit)
app.command("serve", rich_help_panel=RUNNING)(serve.serve)
app.command("worker", rich_help_panel=RUNNING)(worker.worker)
app.command("migrate", rich_help_panel=RUNNING)(migrate.migrate)
app.command("reindex", rich_help_panel=RUNNING)(reindex.reindex)
admin.app.add_typer(providers.app, name="providers")
app.add_typer(admin.app, name="admin", rich_help_panel=RUNNING)
app.command("settings", rich_help_panel=RUNNING)(settings_reference.show_settings)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"xds {metadata.version('xtext-design-system')}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """xText Design System: design tokens and components in git, served."""
    del version


if __name__ == "__main__":
    app()
