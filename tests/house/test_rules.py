"""The rules of CONTRIBUTING.md that no linter knows, each as a check."""

from __future__ import annotations

import ast
import re

from tests.house.source import ROOT, Source, in_rooms, sources, tracked

MOST_LINES = 400
MOST_FUNCTION_LINES = 50
COMPOSITION_ROOTS = {"api/app.py", "jobs/worker.py", "services/setup.py", "services/wiring.py", "settings.py"}
SQL_WORDS = {"select", "insert", "update", "delete", "text"}

# Put together so that this file does not hold what it looks for.
LATER = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
MACHINE = re.compile(r"/(?:root|home|Users)/[A-Za-z0-9_.-]+/|/" + r"work/")
TEXTS = {".py", ".md", ".toml", ".yml", ".yaml", ".txt", ".in", ".sh", ".cfg", ".ini", ".ts", ".tsx", ".css", ""}


def functions(source: Source) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_every_module_opens_with_one_sentence_that_says_what_it_is_for() -> None:
    wrong = []
    for source in in_rooms():
        opening = (ast.get_docstring(source.tree) or "").split("\n\n", 1)[0].strip()
        if source.text.strip() and not opening.endswith((".", ":")):
            wrong.append(source.name)
    assert not wrong


def test_no_file_tells_two_stories() -> None:
    long = {source.name: lines for source in sources() if (lines := source.text.count("\n")) > MOST_LINES}
    assert not long, f"more than {MOST_LINES} lines"


def test_functions_are_short() -> None:
    long = {}
    for source in in_rooms():
        for node in functions(source):
            # Counted from the body on: a route's or a command's parameters are its documentation.
            start = node.body[1].lineno if len(node.body) > 1 and _is_docstring(node.body[0]) else node.body[0].lineno
            lines = (node.end_lineno or start) - start + 1
            if lines > MOST_FUNCTION_LINES:
                long[f"{source.name}:{node.name}"] = lines
    assert not long, f"more than {MOST_FUNCTION_LINES} lines"


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def test_sql_is_written_in_index_only() -> None:
    wrong = []
    for source in in_rooms():
        if source.room in {"index", "designsystem"}:
            continue
        imported = {
            alias.asname or alias.name
            for node in ast.walk(source.tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
            for alias in node.names
        }
        if written := imported & SQL_WORDS:
            wrong.append(f"{source.name}: {sorted(written)}")
        wrong += [f"{source.name}:{node.lineno}" for node in ast.walk(source.tree) if _writes_sql(node)]
    assert not wrong


def _writes_sql(node: ast.AST) -> bool:
    """A call of a bare `select(`, or of `sa.select(` and the like."""
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
        return called.attr in SQL_WORDS and called.value.id in {"sa", "sqlalchemy"}
    return isinstance(called, ast.Name) and called.id == "select"


def test_settings_are_read_by_composition_roots_only() -> None:
    wrong = [
        source.name
        for source in in_rooms()
        if "settings" in source.imports()
        and source.room not in {"cli", "embedded"}
        and source.name not in COMPOSITION_ROOTS
    ]
    assert not wrong


def test_settings_are_never_made_at_import_time() -> None:
    wrong = []
    for source in in_rooms():
        for node in source.tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.If):
                continue
            wrong += [
                f"{source.name}:{call.lineno}"
                for call in ast.walk(node)
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Settings"
            ]
    assert not wrong


def test_nothing_is_left_for_later() -> None:
    wrong = [f"{s.name}:{n}" for s in sources() for n, line in enumerate(s.text.splitlines(), 1) if LATER.search(line)]
    assert not wrong


def test_no_path_of_one_machine_is_written_down() -> None:
    wrong = []
    for path in tracked():
        if path.suffix not in TEXTS or path.name == "LICENSE" or path.stat().st_size > 1_000_000:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        wrong += [f"{path.relative_to(ROOT)}: {found.group()}" for found in MACHINE.finditer(text)]
    assert not wrong


def test_own_code_is_not_mocked() -> None:
    wrong = [
        source.name
        for source in sources()
        if source.room == "tests" and {"unittest.mock", "mock", "pytest_mock"} & source.imports()
    ]
    assert not wrong


def test_decisions_are_numbered_once() -> None:
    numbers = [page.name[:4] for page in (ROOT / "docs" / "decisions").glob("*.md")]
    assert len(set(numbers)) == len(numbers)
