"""Formats by name: ours, and those that installed packages add."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from designsystem.exporters import FORMATS, UnknownFormat, export, format_called, formats
from tests.designsystem.exporters.sets import HEADER, token_set

PLUGIN = """
from designsystem.exporters import Format

def render(job):
    return "".join(f"{entry.path}={entry.css}\\n" for entry in job.entries), []

LINES = Format("lines", "text/plain", "txt", render, "Lines")
CSS = Format("css", "text/plain", "txt", render, "Not ours")
WRONG = "no format"
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package that offers exporters, on the path as pip would put it."""
    (tmp_path / "acme_exporters.py").write_text(PLUGIN)
    info = tmp_path / "acme_exporters-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-exporters\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[xds.exporters]\nlines = acme_exporters:LINES\ncss = acme_exporters:CSS\nwrong = acme_exporters:WRONG\n"
        "other = acme_exporters:LINES\ngone = acme_exporters:GONE\nabsent = no_such_module:X\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    formats.cache_clear()
    yield
    formats.cache_clear()
    sys.modules.pop("acme_exporters", None)


def test_an_installed_package_adds_its_format(installed: None) -> None:
    assert list(formats()) == [*FORMATS, "lines"]
    exported = export("lines", token_set({"a": {"$type": "number", "$value": 1}}), HEADER)
    assert (exported.content, exported.media_type, exported.extension) == ("a=1\n", "text/plain", "txt")


def test_what_cannot_be_used_is_left_out_and_logged(installed: None, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert format_called("css") is FORMATS["css"]
        with pytest.raises(UnknownFormat, match="lines"):
            format_called("gone")
    said = [record.getMessage() for record in caplog.records]
    assert [line.split()[2] for line in said] == [
        "absent", "css", "gone", "other", "wrong"
    ]  # fmt: skip


def test_every_format_describes_itself() -> None:
    for name, each in FORMATS.items():
        assert (each.name, bool(each.title), bool(each.example)) == (name, True, True)
