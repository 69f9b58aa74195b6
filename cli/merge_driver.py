"""`xds merge-driver` and `xds init`: plain git merges tokens as tokens and props as props, in any clone."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli import git
from cli.errors import CommandFailed
from cli.output import AsJson, failures, note, print_json, print_plain
from designsystem.components.component import COMPONENT_FILE
from designsystem.manifest import MANIFEST_PATH, VERSIONING_PATH, Manifest, initial_manifest, parse_manifest
from designsystem.merging.conflict import Decide, MergeConflict, Resource, Side
from designsystem.merging.objects import merge_objects
from designsystem.merging.tokens import NotMergeable, merge_token_files
from designsystem.resolver.document import is_resolver_file

ATTRIBUTES = ".gitattributes"
DRIVER = "xds"
PATTERNS = ("*.tokens.json", "*.tokens")
KEYED = (COMPONENT_FILE, "*.resolver.json", f"/{MANIFEST_PATH}", f"/{VERSIONING_PATH}")
"""Files that are merged key by key, as git's attributes name them."""


def merge_driver(
    base: Annotated[Path, typer.Argument(help="The common ancestor (%O).", show_default=False)],
    ours: Annotated[Path, typer.Argument(help="Our version (%A); the result is written here.", show_default=False)],
    theirs: Annotated[Path, typer.Argument(help="Their version (%B).", show_default=False)],
    path: Annotated[str, typer.Argument(help="The file's path in the repository (%P).")] = "",
    prefer: Annotated[Side | None, typer.Option(help="Settle every conflict this way.")] = None,
    as_json: AsJson = False,
) -> None:
    """Merge one file for git: token by token or key by key, so that only what really contradicts is a conflict.

    Git calls it by itself once `xds init` has set it up. Ends with status 1 where conflicts are left: the file then
    holds our side of them, and each is told.
    """
    with failures():
        conflicts = _merge(base, ours, theirs, path or ours.name, prefer)
    if as_json:
        print_json({"path": path, "conflicts": [conflict.as_dict() for conflict in conflicts]})
    for conflict in () if as_json else conflicts:
        note(f"conflict in {path}: {conflict}")
    if conflicts:
        note(f"{path} holds our side of each: edit what shall be otherwise, then git add {shlex.quote(path)}")
        raise typer.Exit(1)


def init(
    path: Annotated[Path, typer.Argument(help="Folder of the repository.", show_default=False)] = Path(),
    name: Annotated[str | None, typer.Option(help="Name in a new manifest; the folder's if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Prepare a repository: a manifest where there is none, and git's merges of tokens and props.

    The manifest and .gitattributes are for everybody and want to be committed; each clone runs this once, since git
    takes no commands from a repository.
    """
    with failures():
        done = _init(path.resolve(), name)
    if as_json:
        print_json({"done": done})
        return
    for line in done:
        print_plain(line)
    if not done:
        note("everything was set up already")


def _merge(base: Path, ours: Path, theirs: Path, path: str, prefer: Side | None) -> Sequence[MergeConflict]:
    files = [each.read_bytes() for each in (base, ours, theirs)]
    merged = _merge_keys if _keyed(path) is not None else _merge_tokens
    found = merged(files, path, lambda conflict: prefer)
    if found is None:
        _merge_text(base, ours, theirs)
        return ()
    data, conflicts = found
    ours.write_bytes(data)
    return conflicts


def _keyed(path: str) -> Resource | None:
    """What a file is that is merged key by key; None for tokens."""
    name = path.rpartition("/")[2]
    if name == COMPONENT_FILE:
        return Resource.COMPONENT
    if path in (MANIFEST_PATH, VERSIONING_PATH):
        return Resource.MANIFEST
    return Resource.RESOLVER if is_resolver_file(path) else None


def _merge_keys(files: Sequence[bytes], path: str, decide: Decide) -> tuple[bytes, Sequence[MergeConflict]] | None:
    base, ours, theirs = files
    about = _keyed(path) or Resource.FILE
    # added by both: git gives an empty ancestor
    return merge_objects((base or None, ours, theirs), decide, resource=about, path=path, file=path)


def _merge_tokens(files: Sequence[bytes], path: str, decide: Decide) -> tuple[bytes, Sequence[MergeConflict]] | None:
    base, ours, theirs = files
    try:
        merged = merge_token_files({path: base or b"{}"}, {path: ours}, {path: theirs}, decide=decide)
    except NotMergeable:
        return None
    return merged.files[path], merged.conflicts


def _merge_text(base: Path, ours: Path, theirs: Path) -> None:
    """What is no JSON on some side is merged by lines, as git would; its conflict markers stay in the file."""
    command = ["git", "merge-file", "-L", "ours", "-L", "base", "-L", "theirs", str(ours), str(base), str(theirs)]
    if subprocess.run(command, check=False).returncode != 0:
        raise CommandFailed("the file is no JSON on one of the sides and was merged by lines, with conflicts")


def _init(root: Path, name: str | None) -> list[str]:
    if git.ask(["rev-parse", "--git-dir"], cwd=root) is None:
        raise CommandFailed(f"{root} is no git repository; `git init` makes one")
    done = []
    manifest = root / MANIFEST_PATH
    if not manifest.exists():
        manifest.write_bytes(initial_manifest(name or root.name))
        done.append(f"wrote {MANIFEST_PATH}")
    attributes = root / ATTRIBUTES
    standing = attributes.read_text(encoding="utf-8") if attributes.exists() else ""
    lines = [f"{pattern} merge={DRIVER}" for pattern in _patterns(manifest)]
    missing = [line for line in lines if line not in standing.splitlines()]
    if missing:
        head = standing if not standing or standing.endswith("\n") else f"{standing}\n"
        attributes.write_text(head + "\n".join(missing) + "\n", encoding="utf-8")
        done.append(f"wrote {ATTRIBUTES}: {', '.join(missing)}")
    driver = f"{_command()} merge-driver %O %A %B %P"
    for key, value in (
        (f"merge.{DRIVER}.name", "design tokens and props, one by one"),
        (f"merge.{DRIVER}.driver", driver),
    ):
        if git.ask(["config", "--local", "--get", key], cwd=root) != value:
            git.run(["config", "--local", key, value], cwd=root)
            done.append(f"set {key}")
    return done


def _patterns(manifest: Path) -> tuple[str, ...]:
    """Where token files lie, as git's attributes say it; globs that exclude something are left to git's own order."""
    found: Manifest = parse_manifest(manifest.read_bytes())[0]
    own = [glob for glob in found.tokens if not glob.startswith("!") and " " not in glob]
    return tuple(dict.fromkeys([*PATTERNS, *KEYED, *(glob for glob in own if not glob.endswith(PATTERNS))]))


def _command() -> str:
    """How git's shell finds this very program, wherever it is installed."""
    program = Path(sys.argv[0])
    if program.name.startswith("xds") and program.is_file():
        return shlex.quote(str(program.resolve()))
    return f"{shlex.quote(sys.executable)} -m cli.main"
