"""Reading JSON files: what is wrong is said with line and column, and nothing that is in a file raises."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designsystem import codes
from designsystem.jsontext.file import read_json
from designsystem.jsontext.nodes import Node, pointer


def leaf(key: str) -> bool:
    return key.startswith("$")


@pytest.mark.parametrize(
    ("source", "code", "line", "column", "words"),
    [
        (b"", codes.NOT_JSON, 1, 1, "empty; write {}"),
        (b" \n ", codes.NOT_JSON, 1, 1, "empty"),
        (b'{"a": 1,}', codes.NOT_JSON, 1, 8, "a comma stands before the end"),
        (b'{"a": [1,\n]}', codes.NOT_JSON, 1, 9, "a comma stands before the end"),
        (b'{\n  // why\n  "a": 1}', codes.NOT_JSON, 2, 3, "no comments"),
        (b'{"a": 1 /* x */}', codes.NOT_JSON, 1, 9, "no comments"),
        (b"{'a': 1}", codes.NOT_JSON, 1, 2, "double quotes"),
        (b'{"a" 1}', codes.NOT_JSON, 1, 6, "colon is missing"),
        (b'{"a": 1 "b": 2}', codes.NOT_JSON, 1, 9, "comma or a closing bracket is missing"),
        (b'{"a": NaN}', codes.NOT_JSON, 1, 7, "finite numbers"),
        (b'{"$a": [1, {"b": -Infinity}]}', codes.NOT_JSON, 1, 18, "finite numbers"),
        (b'{"a": "x', codes.NOT_JSON, 1, 7, "never ends"),
        (b'{"a": "x\ny"}', codes.NOT_JSON, 1, 9, "line break"),
        (b'{"a": "\\x"}', codes.NOT_JSON, 1, 8, "escape is unknown"),
        (b'{"a": 1', codes.NOT_JSON, 1, 8, "ends too early"),
        (b'{"a":', codes.NOT_JSON, 1, 6, "ends too early"),
        (b'{"a": }', codes.NOT_JSON, 1, 7, "a value belongs here"),
        (b'{"a": 1} {}', codes.NOT_JSON, 1, 10, "remove what follows"),
        (b"{,}", codes.NOT_JSON, 1, 2, "a key in double quotes"),
        (b'{\n<<<<<<< HEAD\n"a": 1}', codes.NOT_JSON, 2, 1, "merge conflict"),
        (b'{"a": 1e999}', codes.NUMBER_OUT_OF_RANGE, 1, 7, "too large"),
        (b'{"$a": {"b": "1e999", "c": -1e999}}', codes.NUMBER_OUT_OF_RANGE, 1, 28, "too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", codes.NUMBER_OUT_OF_RANGE, 1, 7, "too large"),
        (b'{"a": "\\ud800"}', codes.LONE_SURROGATE, 1, 7, "surrogate"),
        (b'{"\\udfff": 1}', codes.LONE_SURROGATE, 1, 2, "surrogate"),
        (b'{"a":' * 5000, codes.TOO_DEEP, 1, 321, "64 levels"),
        (b"[" * 100_000, codes.TOO_DEEP, 1, 1, "64 levels"),
        (b'{"$a": ' + b"[" * 70 + b"]" * 70 + b"}", codes.TOO_DEEP, 1, 71, "64 levels"),
        (b'{"a": "\xff"}', codes.NOT_UTF8, 1, 8, "byte 0xff"),
        (b'\n"\xc3', codes.NOT_UTF8, 2, 2, "byte 0xc3"),
        ('{"a": 1}'.encode("utf-16"), codes.NOT_UTF8, 1, 1, "UTF-16"),
    ],
)
def test_what_is_no_json_is_one_problem_with_its_place(
    source: bytes, code: str, line: int, column: int, words: str
) -> None:
    file = read_json("a.json", source, leaf)
    assert file.root is None
    (problem,) = file.problems
    assert (problem.code, problem.line, problem.column) == (code, line, column)
    assert words in problem.message


def test_repeated_keys_are_reported_wherever_they_stand_and_the_last_one_counts() -> None:
    file = read_json("a.json", b'{"a": {"b": 1,\n"b": 2}, "$x": {"c": [{"d": 1, "\\u0064": 2}]}}', leaf)
    assert [(problem.code, problem.line, problem.column) for problem in file.problems] == [
        (codes.DUPLICATE_KEY, 2, 1),
        (codes.DUPLICATE_KEY, 2, 32),
    ]
    assert file.root is not None
    assert file.root.value == {"a": {"b": 2}, "$x": {"c": [{"d": 2}]}}


def test_a_byte_order_mark_is_a_warning_and_shifts_no_column() -> None:
    file = read_json("a.json", b'\xef\xbb\xbf{"a": 1}')
    assert [(problem.code, problem.severity) for problem in file.problems] == [(codes.BYTE_ORDER_MARK, "warning")]
    assert file.root is not None
    assert file.position(file.root.members[0].key_start) == (1, 2)
    assert file.encode(file.text) == b'\xef\xbb\xbf{"a": 1}'


def test_columns_count_characters_and_any_line_end_counts() -> None:
    file = read_json("a.json", '{"ä😀": 1,\r\n"b": 2,\r"c": 3,\n"d": 4}'.encode())
    assert file.root is not None
    places = [file.position(member.node.start) for member in file.root.members]
    assert places == [(1, 8), (2, 6), (3, 6), (4, 6)]


def test_nodes_below_a_leaf_are_found_on_touch() -> None:
    file = read_json("a.json", b'{"$v": {"x": [1, {"y/z": "q"}]}}', leaf)
    assert file.root is not None
    node = file.root.at(["$v", "x", 1, "y/z"])
    assert node is not None
    assert (node.raw, node.kind, node.value) == ('"q"', "string", "q")
    assert pointer(["$v", "x", 1, "y/z"]) == "/$v/x/1/y~1z"
    assert file.root.at(["$v", "x", 7]) is None
    assert file.root.at(["$v", "nothing", "more"]) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["a", "b", "$v", "$type", "ä", 'q"', "x y"]), inner, max_size=4
    ),
    max_leaves=20,
)  # fmt: skip


@given(json_values, st.sampled_from([None, 1, 2, "\t"]), st.booleans())
def test_any_json_reads_as_the_standard_library_reads_it(
    value: object, indent: int | str | None, escaped: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=escaped)
    for root in (read_json("a", text.encode()).root, read_json("a", text.encode(), leaf).root):
        assert root is not None
        assert root.value == value
        assert root.raw == text
        spans(root, value)


def spans(node: Node, value: object) -> None:
    """Every part's own text says what the part is."""
    assert json.loads(node.raw) == value
    if isinstance(value, dict):
        for member in node.members:
            assert json.loads(node.text[member.key_start : member.key_end]) == member.key
            spans(member.node, value[member.key])
    if isinstance(value, list):
        for item, part in zip(node.items, value, strict=True):
            spans(item, part)


@given(st.binary(max_size=60))
def test_no_bytes_raise(source: bytes) -> None:
    file = read_json("a", source, leaf)
    assert (file.root is None) == any(problem.severity == "error" for problem in file.problems if not file.root)


@given(st.text('{}[]",:0123456789.eE+-\\utrfalsn $a\n', max_size=40))
def test_what_we_take_for_json_is_json(text: str) -> None:
    root = read_json("a", text.encode(), leaf).root
    try:
        expected = json.loads(text, parse_constant=lambda name: 1 / 0)
    except (ValueError, ZeroDivisionError):
        assert root is None
    else:
        if root is None:
            assert "e" in text.lower() or "\\u" in text, "only huge numbers and lone surrogates are refused beyond"
        else:
            assert root.value == expected


def test_hostile_files_are_read_quickly() -> None:
    started = time.perf_counter()
    for source in (b'{"a":' * 200_000, b"[" * 500_000, b'"' * 500_000, b'{"a":' + b"[[]," * 200_000, b" " * 2_000_000):
        assert read_json("a", source, leaf).root is None
    assert time.perf_counter() - started < 3
