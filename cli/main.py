"""The `xds` command: registers the subcommands, each in a module of its own."""

from __future__ import annotations

import typer

from cli import migrate, serve, settings_reference, worker

app = typer.Typer(
    name="xds",
    help="xText Design System: design tokens and components in git, served.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals may hold secrets
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.command("migrate")(migrate.migrate)
app.command("settings")(settings_reference.show_settings)


if __name__ == "__main__":
    app()
