"""The manifest ``designsystem.json``: what the system is called and where its tokens and components lie."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from designsystem import codes, globs
from designsystem.fields import Fields, kind_of
from designsystem.jsontext.file import read_json
from designsystem.jsontext.nodes import Node
from designsystem.jsontext.style import DEFAULT, write
from designsystem.jsontext.values import why_not_json
from designsystem.patch import patch_object
from designsystem.problem import Invalid, Problem, errors_of
from designsystem.severities import Level, is_above, judged, level_of, read_severities

MANIFEST_PATH: Final = "designsystem.json"
VERSIONING_PATH: Final = "versioning.json"
COMPONENT_FILE: Final = "component.json"
SCHEMA_VERSION: Final = 1
MAX_BYTES: Final = 256 * 1024
MAX_NAME: Final = 200
MAX_PATH: Final = 1024
MAX_DESCRIPTION: Final = 10_000
DEFAULT_TOKENS: Final = ("tokens/**/*.tokens.json", "tokens/**/*.tokens", "*.tokens.json", "*.tokens")
DEFAULT_COMPONENTS: Final = ("components/*",)

_OWN_FILES = (MANIFEST_PATH, VERSIONING_PATH)
_TOKEN_SUFFIXES = (".json", ".tokens")
_RESOLVER_FAULT = 'resolver must be the path of a JSON file from the root, such as "themes.resolver.json"'
_SEMVER = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says, with the defaults of a system that has none.

    ``tokens`` and ``components`` are globs from the repository's root (see :mod:`designsystem.globs`); a component glob
    names directories. ``strict`` turns warnings about draft syntax into errors. ``resolver`` is the path of a resolver
    whose default permutation is what the system's tokens are; empty where every token file counts. ``severities`` are
    what the manifest says of single codes, which counts before ``strict``.
    """

    schema_version: int = SCHEMA_VERSION
    name: str = ""
    description: str = ""
    version: str = ""
    tokens: tuple[str, ...] = DEFAULT_TOKENS
    components: tuple[str, ...] = DEFAULT_COMPONENTS
    strict: bool = False
    resolver: str = ""
    severities: Mapping[str, Level] = field(default_factory=dict)

    def is_token_file(self, path: str) -> bool:
        """Whether a file is read as design tokens; files with a meaning of their own here never are."""
        name = path.rpartition("/")[2]
        if not name.endswith(_TOKEN_SUFFIXES) or name == COMPONENT_FILE or path in (*_OWN_FILES, self.resolver):
            return False
        return not name.endswith(".resolver.json") and globs.glob_set(self.tokens).matches(path)

    def component_directory(self, path: str) -> str | None:
        """The directory of the component that a file belongs to: the shortest of its parents that a glob names."""
        directory = path.rpartition("/")[0]
        return globs.glob_set(self.components).directory_of(directory) if directory else None

    def is_component_directory(self, directory: str) -> bool:
        """Whether the directory itself is a component's, not merely inside one."""
        return bool(directory) and globs.glob_set(self.components).directory_of(directory) == directory

    def token_prefixes(self) -> tuple[str, ...]:
        """The literal directories that all token files lie in or under; "" is the root itself."""
        return globs.glob_set(self.tokens).prefixes

    def component_prefixes(self) -> tuple[str, ...]:
        """The literal directories that all component directories lie under."""
        return globs.glob_set(self.components).prefixes

    def may_hold_tokens(self, directory: str) -> bool:
        """Whether a walk in search of token files has reason to enter a directory ("" is the root)."""
        return globs.glob_set(self.tokens).may_hold(directory)

    def may_hold_components(self, directory: str) -> bool:
        """Whether a walk in search of component files has reason to enter a directory."""
        return globs.glob_set(self.components).may_hold(directory)

    def judged(self, problems: Iterable[Problem]) -> list[Problem]:
        """The problems with the severities that they have here, without those that are switched off."""
        return judged(problems, self.severities, self.strict)

    def judged_export(self, problems: Iterable[Problem]) -> list[Problem]:
        """The same of what an export leaves out: warnings, unless the manifest takes them for errors."""
        return judged((replace(problem, severity="warning") for problem in problems), self.severities, False)

    def raised_since(self, before: Manifest) -> frozenset[str]:
        """The codes of token files that matter more than they did: what stood in peace until now may be told of."""
        if (self.strict, self.severities) == (before.strict, before.severities):
            return frozenset()
        return frozenset(
            code
            for code in filter(codes.is_draft_syntax, codes.TOKEN_CODES)
            if is_above(level_of(code, self.severities, self.strict), level_of(code, before.severities, before.strict))
        )

    def descend(self, directory: str) -> bool:
        """Whether a walk over everything that this system means has reason to enter a directory."""
        return self.may_hold_tokens(directory) or self.may_hold_components(directory)


def parse_manifest(source: bytes | None) -> tuple[Manifest, list[Problem]]:
    """The manifest in ``source``; the defaults where it is None, and for each field that cannot be used."""
    if source is None:
        return Manifest(), []
    if len(source) > MAX_BYTES:
        message = f"the manifest has {len(source):,} bytes; the limit is {MAX_BYTES:,}"
        return Manifest(), [Problem(codes.MANIFEST_TOO_LARGE, message, MANIFEST_PATH)]
    fields = Fields(read_json(MANIFEST_PATH, source), codes.MANIFEST_SHAPE)
    manifest = Manifest(
        schema_version=_schema_version(fields),
        name=(fields.text("name", MAX_NAME) or "").strip(),
        description=fields.text("description", MAX_DESCRIPTION, lines=True) or "",
        version=fields.parsed("version", _semver, "version must be like 1.2.3", codes.MANIFEST_SHAPE) or "",
        tokens=_globs(fields, "tokens", DEFAULT_TOKENS),
        components=_globs(fields, "components", DEFAULT_COMPONENTS),
        strict=fields.flag("strict", False),
        resolver=fields.parsed("resolver", _resolver, _RESOLVER_FAULT, codes.MANIFEST_SHAPE) or "",
        severities=read_severities(fields),
    )
    return manifest, fields.problems


def initial_manifest(name: str, description: str = "") -> bytes:
    """The manifest of a new system, which says in full where tokens and components lie."""
    fields = {
        "schemaVersion": SCHEMA_VERSION,
        "name": name,
        **({"description": description} if description else {}),
        "tokens": list(DEFAULT_TOKENS),
        "components": list(DEFAULT_COMPONENTS),
    }
    return (write(fields, replace(DEFAULT, inline_arrays=False)) + "\n").encode()


def edit_manifest(source: bytes, changes: Mapping[str, Any]) -> bytes:
    """The manifest with fields set in place, or removed where the value is None.

    Raises Invalid where ``source`` is not a JSON object, or where the edit would bring errors that were not there.
    """
    removed = [key for key, value in changes.items() if value is None]
    kept = {key: value for key, value in changes.items() if value is not None}
    if fault := why_not_json(kept):
        raise Invalid([Problem(codes.MANIFEST_SHAPE, f"the fields cannot be written as JSON: {fault}", MANIFEST_PATH)])
    edited = patch_object(MANIFEST_PATH, source, kept, removed, codes.MANIFEST_SHAPE)
    before = {(problem.code, problem.pointer) for problem in parse_manifest(source)[1]}
    errors = [p for p in errors_of(parse_manifest(edited)[1]) if (p.code, p.pointer) not in before]
    if errors:
        raise Invalid(errors)
    return edited


def _semver(text: str) -> str:
    if not _SEMVER.fullmatch(text):
        raise ValueError(text)
    return text


def _resolver(text: str) -> str:
    path = text.removeprefix("./")
    parts = path.split("/")
    if len(path) > MAX_PATH or not path.endswith(".json") or {"", ".", ".."}.intersection(parts) or "\\" in path:
        raise ValueError(text)
    if path == MANIFEST_PATH or parts[-1] == COMPONENT_FILE or not path.isprintable():
        raise ValueError(text)
    return path


def _schema_version(fields: Fields) -> int:
    node = fields.get("schemaVersion")
    if node is None or (node.kind == "number" and node.value == SCHEMA_VERSION):
        return SCHEMA_VERSION
    message = f"schemaVersion is {node.raw[:40]}; this server reads {SCHEMA_VERSION}"
    fields.report(node, ("schemaVersion",), message, code=codes.MANIFEST_SCHEMA_VERSION)
    return SCHEMA_VERSION


def _globs(fields: Fields, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
    """The sound globs of a field, which is one glob or a list of them; an empty list means none at all."""
    node = fields.get(key)
    if node is None:
        return default
    if node.kind not in ("string", "array"):
        fields.report(node, (key,), f"{key} is {kind_of(node)}; it must be a list of globs")
        return default
    items = node.items if node.kind == "array" else [node]
    if len(items) > globs.MAX_GLOBS:
        message = f"{key} lists {len(items)} globs; the limit is {globs.MAX_GLOBS}"
        fields.report(node, (key,), message, code=codes.MANIFEST_GLOB)
        return default
    steps = [(key, index) if node.kind == "array" else (key,) for index in range(len(items))]
    checked = [_glob(fields, key, item, step) for item, step in zip(items, steps, strict=True)]
    return tuple(glob for glob in checked if glob)


def _glob(fields: Fields, key: str, node: Node, steps: tuple[str | int, ...]) -> str | None:
    if node.kind != "string":
        fields.report(node, steps, f"a glob of {key} is {kind_of(node)}; it must be text")
        return None
    glob = re.sub(r"^(!?)\./", r"\1", node.value)
    if fault := globs.fault_of(glob):
        fields.report(node, steps, f"the glob {node.raw[:80]} {fault}", code=codes.MANIFEST_GLOB)
        return None
    return glob.rstrip("/")
