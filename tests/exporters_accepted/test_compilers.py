"""Guards: the platforms' own compilers and parsers take what is exported, and read the values that were meant."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from designsystem.exporters import export
from tests.designsystem.exporters.sets import EVERY_TYPE, HEADER, token_set
from tests.exporters_accepted.conftest import SETS, Write
from tests.exporters_accepted.tools import Tools

pytestmark = [pytest.mark.network, pytest.mark.timeout(300)]

LANGUAGES = {"swift": "swift", "ios-swiftui": "swift", "compose": "kotlin", "flutter": "dart"}


def declared(css: str) -> dict[str, str]:
    return dict(re.findall(r"(--[^:\s]+): (.*);", css))


def plain_css(**options: bool) -> dict[str, str]:
    """Every token in CSS, by name without hyphens; colors with alpha as older CSS writes them, for comparison."""
    css = export("css", token_set(EVERY_TYPE), HEADER, **options).content
    return {name: legacy(value) for name, value in declared(css).items()}


def legacy(value: str) -> str:
    return re.sub(r"rgb\((\d+) (\d+) (\d+) / ([\d.]+)\)", r"rgba(\1, \2, \3, \4)", value)


def test_sass_takes_it_without_a_word(tools: Tools, write: Write) -> None:
    tools.sass(*(write("scss", of, aliases=aliases) for of in SETS for aliases in (False, True)))


def test_sass_reads_the_values_that_css_has(tools: Tools, write: Write, tmp_path: Path) -> None:
    file = write("scss", "every")
    use = tmp_path / "use.scss"
    use.write_text(
        f'@use "sass:meta";\n@use "{file.stem}" as t;\n'
        "a { @each $k, $v in t.$tokens { --#{$k}: #{meta.inspect($v)}; } }\n"
    )
    found = {name: legacy(value) for name, value in declared(tools.sass(use)[0]).items()}
    assert found.keys() == plain_css().keys()
    assert found["--color-wide"].startswith("oklch(") and found["--color-brand"] == "#3366ff"
    assert found["--size-lg"] == "1.5rem" and found["--time-fast"] == "200ms" and found["--ratio-wide"] == "1.5"


@pytest.mark.parametrize("of", SETS)
def test_less_takes_it_without_a_word(tools: Tools, write: Write, of: str) -> None:
    tools.less(write("less", of, aliases=of != "empty"))


def test_less_reads_the_values_that_css_has(tools: Tools, write: Write, tmp_path: Path) -> None:
    file = write("less", "every")
    use = tmp_path / "use.less"
    use.write_text(f'@import "{file.name}";\na {{ each(@tokens, {{ --@{{key}}: @value; }}); }}\n')
    assert {name: legacy(value) for name, value in declared(tools.less(use)).items()} == plain_css()


def test_typescript_takes_it_strictly(tools: Tools, write: Write) -> None:
    assert tools.tsc(*(write("ts", of) for of in SETS)) == ""


def test_typescript_knows_every_name_and_value(tools: Tools, write: Write, tmp_path: Path) -> None:
    file = write("ts", "every")
    use = tmp_path / "use.ts"
    use.write_text(
        f'import {{ token, type TokenName, type TokenValue }} from "./{file.stem}.js";\n'
        'const known: TokenName = "color.brand";\n'
        'const blue: "#3366ff" = token("color.brand");\n'
        'const wide: TokenValue<"ratio.wide"> = 1.5;\n'
        "// @ts-expect-error there is no such token\n"
        'token("color.nope");\n'
        "// @ts-expect-error it has another value\n"
        'const red: "#ff0000" = token("color.brand");\n'
        "export { blue, known, red, wide };\n"
    )
    assert tools.tsc(file, use) == ""


@pytest.mark.parametrize("of", SETS)
def test_tailwind_takes_it(tools: Tools, write: Write, tmp_path: Path, of: str) -> None:
    file = write("tailwind", of)
    (tmp_path / "in.css").write_text(f'@import "tailwindcss" source(none);\n@import "./{file.name}";\n')
    tools.tailwind(tmp_path)


def test_tailwind_makes_utilities_of_it(tools: Tools, write: Write, tmp_path: Path) -> None:
    file = write("tailwind", "every")
    classes = "bg-brand text-wide p-size-sm font-body font-bold ease-out shadow-low text-body"
    (tmp_path / "in.css").write_text(
        f'@import "tailwindcss" source(none);\n@import "./{file.name}";\n@source inline("{classes}");\n'
    )
    made = tools.tailwind(tmp_path)
    assert [name for name in classes.split() if f".{name} {{" not in made] == []
    assert "background-color: var(--color-brand);" in made
    assert "font-size: var(--text-body);" in made and "var(--text-body--line-height)" in made
    assert "--time-fast: 200ms;" in made


def test_swift_kotlin_and_dart_parse(tools: Tools, write: Write, tmp_path: Path) -> None:
    files = [(language, write(name, of)) for name, language in LANGUAGES.items() for of in SETS]
    bad = [(language, tmp_path / f"bad.{language}") for language in ("swift", "kotlin", "dart")]
    for _, file in bad:
        file.write_text("{ let ) = ( ;")
    found = tools.faults(*files, *bad)
    assert [file.name for _, file in bad if not found.pop(file.name)] == []
    assert found == {file.name: [] for _, file in files}


@pytest.mark.parametrize("of", SETS)
def test_android_resources_are_of_their_types(write: Write, of: str) -> None:
    texts = {
        "color": r"#[0-9A-F]{8}",
        "dimen": r"-?\d+(\.\d+)?(dp|sp)",
        "item": r"-?\d+(\.\d+)?",
        "integer": r"-?\d+",
        "bool": "true|false",
        "string": r"(?s)(?!\s)(?:[^'\"\n\\]|\\['\"n\\t@?]|\\u[0-9a-f]{4})*",
    }
    seen = set()
    for resource in ET.fromstring(write("android", of).read_bytes()):
        kind, name = resource.get("type", resource.tag), resource.get("name", "")
        assert re.fullmatch(r"[a-z_][a-z0-9_]*", name)
        assert re.fullmatch(texts[resource.tag], resource.text or ""), resource.text
        assert (kind, name) not in seen
        seen.add((kind, name))
