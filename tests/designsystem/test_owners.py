"""OWNERS files: what a line says, which line decides, and what is wrong with it."""

from __future__ import annotations

import time

import pytest

from designsystem.owners import MAX_BYTES, MAX_OWNERS, MAX_RULES, Lookup, Owner, Touched, Writer, parse_owners

FILE = b"""\
# who looks after what
*                        role:editor
/tokens/                 @dora  # all of them
docs/                    # nobody's
*.md                     dora@example.org
token:color.brand        @Ada brand@Example.org
token:color.*.hover      role:admin
component:Button*        @bea
/tokens/generated/
"""


def decided(source: bytes, touched: Touched) -> int | None:
    rule = parse_owners(source)[0].rule_for(touched)
    return rule.line if rule is not None else None


@pytest.mark.parametrize(
    ("touched", "line"),
    [
        (Touched("index.js"), 2),
        (Touched("tokens/a.json"), 3),
        (Touched("src/tokens/a.json"), 2),
        (Touched("docs/guide/a.txt"), 4),
        (Touched("src/docs/a.txt"), 4),
        (Touched("docs/a.md"), 5),
        (Touched("node_modules/x"), 2),
        (Touched("tokens/a.json", token="color.brand"), 6),
        (Touched("tokens/a.json", token="color.brand.500"), 6),
        (Touched("tokens/a.json", token="color.brandish"), 3),
        (Touched("tokens/a.json", token="color.brand.hover"), 7),
        (Touched("tokens/a.json", token="color"), 3),
        (Touched("tokens/generated/a.json", token="color.brand.500"), 9),
        (Touched("components/B/index.tsx", component="ButtonGroup"), 8),
        (Touched("components/B/README.md", component="Card"), 5),
    ],
)
def test_the_last_line_that_matches_decides(touched: Touched, line: int) -> None:
    assert decided(FILE, touched) == line
    assert parse_owners(FILE)[1] == ()


def test_nobody_owns_what_no_line_speaks_of() -> None:
    assert decided(b"/tokens/ @ada\n", Touched("index.js")) is None
    assert decided(b"", Touched("index.js")) is None


def test_a_line_without_owners_frees() -> None:
    rule = parse_owners(b"* @ada\n/docs/\n")[0].rule_for(Touched("docs/a"))
    assert rule is not None and rule.is_free


@pytest.mark.parametrize("source", [b"* @ada", b"** @ada", b"OWNERS", b"/OWNERS", b"*/OWNERS @ada", b"OWNER? @ada"])
def test_the_file_itself_is_nobodys_unless_a_line_names_it_with_owners(source: bytes) -> None:
    assert decided(source, Touched("OWNERS")) is None


def test_the_file_itself_can_be_given_to_somebody() -> None:
    assert decided(b"/OWNERS @ada\n* @bea\n", Touched("OWNERS")) == 1


@pytest.mark.parametrize(
    ("writer", "owners", "is_owner"),
    [
        (Writer("ADA"), (Owner("user", "ada"),), True),
        (Writer("ada"), (Owner("email", "ada"),), False),
        (Writer("x", "Ada@Example.org"), (Owner("email", "ada@example.org"),), True),
        (Writer("x", "", "editor"), (Owner("role", "editor"),), True),
        (Writer("x", "", "admin"), (Owner("role", "editor"),), True),
        (Writer("x", "", "editor"), (Owner("role", "admin"),), False),
        (Writer("x", "", "viewer"), (Owner("role", "editor"),), False),
        (Writer(), (Owner("user", "ada"),), False),
    ],
)
def test_who_is_an_owner(writer: Writer, owners: tuple[Owner, ...], is_owner: bool) -> None:
    assert writer.is_among(owners) is is_owner


@pytest.mark.parametrize(
    ("source", "code", "line", "column"),
    [
        (b"\n  a/../b @ada", "XDS222", 2, 3),
        (b"!a @ada", "XDS222", 1, 1),
        (b"a\\b @ada", "XDS222", 1, 1),
        (b"token: @ada", "XDS222", 1, 1),
        (b"token:a..b @ada", "XDS222", 1, 1),
        (b"token:a.b. @ada", "XDS222", 1, 1),
        (b"component: @ada", "XDS222", 1, 1),
        (b"* ada", "XDS223", 1, 3),
        (b"* @ada role:viewer", "XDS223", 1, 8),
        (b"* @", "XDS223", 1, 3),
        (b"* " + b"@a " * (MAX_OWNERS + 1), "XDS223", 1, 3 + 3 * MAX_OWNERS),
        (b"a\n" * (MAX_RULES + 1), "XDS221", MAX_RULES + 1, 1),
        (b"\xff", "XDS221", 0, 0),
        (b"#" * (MAX_BYTES + 1), "XDS221", 0, 0),
        (b"approvers:\n  - ada\n", "XDS223", 2, 5),
    ],
)
def test_faults_are_found_with_their_place(source: bytes, code: str, line: int, column: int) -> None:
    (problem,) = parse_owners(source)[1]
    assert (problem.code, problem.path, problem.line, problem.column) == (code, "OWNERS", line, column)


@pytest.mark.parametrize("source", [b"\xff", b"#" * (MAX_BYTES + 1), b"a\n" * (MAX_RULES + 1)])
def test_a_file_that_cannot_be_read_is_not_one_that_frees(source: bytes) -> None:
    assert not parse_owners(source)[0].readable


def test_a_line_whose_owners_cannot_be_read_stays_closed() -> None:
    rule = parse_owners(b"* ada\n")[0].rule_for(Touched("a"))
    assert rule is not None and not rule.is_free and not Writer("ada", "", "editor").is_among(rule.owners)


def test_names_that_hold_separators_and_spaces_can_be_written() -> None:
    assert decided(b"token:space.1/2 @ada", Touched("t", token="space.1/2")) == 1
    assert decided(b"token:space.a?b @ada", Touched("t", token="space.a b.c")) == 1
    assert decided(b"component:Forms/Input @ada", Touched("t", component="Forms/Input")) == 1


def test_windows_line_ends_and_byte_order_marks_are_no_matter() -> None:
    owners, problems = parse_owners(b"\xef\xbb\xbf* @ada\r\n\r\n/a @bea\r\n")
    assert problems == () and [rule.pattern for rule in owners.rules] == ["*", "/a"]


def test_hostile_patterns_take_no_time() -> None:
    source = b"".join(b"**/" * 60 + b"*a*a*a*a*a*b%d @ada\n" % n for n in range(250))
    owners, _ = parse_owners(source)
    begun = time.perf_counter()
    assert owners.rule_for(Touched("/".join(["a" * 100] * 20))) is None
    assert time.perf_counter() - begun < 2


def test_many_things_in_any_order_are_decided_like_each_alone() -> None:
    owners, _ = parse_owners(FILE + b"**/deep/**/x @ada\na/*/c @bea\n")
    paths = ["a/b/c", "a/b/c/d", "a/b", "deep/x", "a/deep/b/x/y", "docs/a.md", "tokens/generated/x", "z", "a/c/c"]
    things = [Touched(path, token=token) for path in paths for token in ("", "color.brand.1", "color.x.hover", "size")]
    for order in (things, things[::-1], sorted(things, key=str), sorted(things, key=lambda each: each.token)):
        lookup = Lookup(owners)
        assert [lookup.rule_for(each) for each in order] == [owners.rule_for(each) for each in order]


def test_a_large_push_against_a_long_file_is_decided_in_seconds() -> None:
    lines = [f"/src/pkg{n}/**/*.css @ada" for n in range(300)] + [f"**/x{n}/*.ts @ada" for n in range(100)]
    owners, problems = parse_owners("\n".join(lines).encode())
    assert problems == ()
    begun = time.perf_counter()
    lookup = Lookup(owners)
    for n in range(10_000):
        assert lookup.rule_for(Touched(f"src/lib{n // 500}/dir{n // 50}/file{n}.ts")) is None
    assert time.perf_counter() - begun < 10
