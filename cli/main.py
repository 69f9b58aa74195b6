"""The `xds` command: registers the subcommands, each in a module of its own."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.late import Late, group_of

USING = "Design systems"
SIGNING_IN = "Signing in"
RUNNING = "Running the service"

COMMANDS = {
    "import": Late("cli.importing:import_", USING),
    "import-tokens": Late("cli.import_tokens:import_tokens", USING),
    "export": Late("cli.export:export", USING),
    "validate": Late("cli.validate:validate", USING),
    "lint": Late("cli.lint:lint", USING),
    "resolve": Late("cli.resolve:resolve", USING),
    "diff": Late("cli.diff:diff", USING),
    "codemod": Late("cli.codemod:codemod", USING),
    "init": Late("cli.merge_driver:init", USING),
    "merge": Late("cli.merging:merge", USING),
    "merge-driver": Late("cli.merge_driver:merge_driver", USING),
    "log": Late("cli.history:log", USING),
    "blame": Late("cli.history:blame", USING),
    "revert": Late("cli.history:revert", USING),
    "branch": Late("cli.branches:app", USING),
    "proposal": Late("cli.proposals:app", USING),
    "publish": Late("cli.publish:publish", USING),
    "releases": Late("cli.releases:app", USING),
    "systems": Late("cli.systems:systems", USING),
    "clone-url": Late("cli.systems:clone_url", USING),
    "login": Late("cli.login:login", SIGNING_IN),
    "logout": Late("cli.login:logout", SIGNING_IN),
    "whoami": Late("cli.login:whoami", SIGNING_IN),
    "keys": Late("cli.keys:app", SIGNING_IN),
    "account": Late("cli.account:app", SIGNING_IN),
    "team": Late("cli.teams:app", SIGNING_IN),
    "grant": Late("cli.grants:app", SIGNING_IN),
    "audit": Late("cli.audit:audit", RUNNING),
    "serve": Late("cli.serve:serve", RUNNING),
    "worker": Late("cli.worker:worker", RUNNING),
    "migrate": Late("cli.migrate:migrate", RUNNING),
    "reindex": Late("cli.reindex:reindex", RUNNING),
    "admin": Late("cli.admin:app", RUNNING),
    "settings": Late("cli.settings_reference:show_settings", RUNNING),
}
"""Every command and where it lies; its module is imported when it is called."""

app = typer.Typer(
    name="xds",
    cls=group_of(COMMANDS),
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals may hold secrets
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(asked: bool) -> None:
    if asked:
        from importlib import metadata

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
