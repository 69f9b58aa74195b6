"""Guards: the settings command shows everything but secrets."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from cli.main import app
from settings import Settings

SECRET = "k3y-0123456789-abcdefghijklmnopqrstuvwxyz"


def test_secrets_and_passwords_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDS_SECRET_KEY", SECRET)
    monkeypatch.setenv("XDS_DATABASE_URL", "postgres://me:hush@db.example/xds")
    shown = CliRunner().invoke(app, ["settings", "--json"])
    assert shown.exit_code == 0, shown.output
    values = json.loads(shown.output)
    assert set(values) == set(Settings.model_fields)
    assert values["secret_key"] == "(set)"
    assert values["database_url"] == "postgresql+asyncpg://…@db.example/xds"
    assert SECRET not in shown.output
    assert "hush" not in CliRunner().invoke(app, ["settings"]).output


def test_a_bad_setting_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDS_PORT", "99999999")
    shown = CliRunner().invoke(app, ["settings"])
    assert shown.exit_code == 1
    assert "XDS_PORT" in shown.stderr
