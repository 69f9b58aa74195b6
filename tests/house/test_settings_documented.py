"""Guards: every setting is described, grouped, and listed in docs/settings.md."""

from __future__ import annotations

from cli.settings_reference import reference, variable
from settings import Settings
from tests.house.source import ROOT


def test_every_setting_has_a_description_and_a_group() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), f"{name}: a description is a sentence"
        assert isinstance(field.json_schema_extra, dict), name
        assert field.json_schema_extra.get("group"), name


def test_the_reference_is_what_the_code_says() -> None:
    written = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    missing = [variable(name) for name in Settings.model_fields if f"`{variable(name)}`" not in written]
    assert not missing, "run: make docs"
    assert written == reference(), "run: make docs"
