"""Merges text by lines, as `git merge-file` does, and tells apart what it could merge and what it could not."""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from gitstore.errors import GitProcessFailed, TimedOut
from gitstore.process import environment, git_executable

LEAST_MARKER = 40

SECONDS = 20.0

_RUNS = re.compile(rb"^(?:<{8,}|\|{8,}|={8,}|>{8,})", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """A run of lines: merged (``base`` and ``theirs`` None, ``ours`` what stands), or as each of the three has it."""

    ours: bytes
    base: bytes | None = None
    theirs: bytes | None = None

    @property
    def is_merged(self) -> bool:
        """Whether both sides agree about these lines, or only one of them changed them."""
        return self.theirs is None


def merge_file(base: bytes, ours: bytes, theirs: bytes) -> list[Part]:
    """The lines of three versions merged: git's own three-way merge of files, part by part.

    Text alone: what holds a NUL byte raises :class:`GitProcessFailed`, as git does.
    """
    size = 1 + max(LEAST_MARKER, *(_longest_run(each) for each in (base, ours, theirs)))
    with tempfile.TemporaryDirectory(prefix="xds-merge-") as name:
        files = [Path(name, each) for each in ("ours", "base", "theirs")]
        for file, data in zip(files, (ours, base, theirs), strict=True):
            file.write_bytes(data)
        labels = [word for each in files for word in ("-L", each.name)]
        command = ["merge-file", "-p", "-q", "--diff3", f"--marker-size={size}", *labels, *map(str, files)]
        output = _run(command)
    return _ended(_parts(output, size), (base, ours, theirs))


def _longest_run(data: bytes) -> int:
    """How long a marker is that the file seems to hold: ours are longer, so that no line of a file is taken for one."""
    return max((len(run) for run in _RUNS.findall(data)), default=0)


def _run(command: list[str]) -> bytes:
    """Its status is how many conflicts there are, at most 127; an error is 255."""
    try:
        done = subprocess.run(
            [git_executable(), *command], capture_output=True, env=environment(), timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise TimedOut(f"git merge-file took longer than {SECONDS:g} s") from error
    if not 0 <= done.returncode <= 127:
        raise GitProcessFailed("merge-file", done.returncode, done.stderr.decode("utf-8", "replace"))
    return done.stdout


def _parts(output: bytes, size: int) -> list[Part]:
    ours, base, middle, theirs = (
        rb"^%b{%d}%b\r?%b" % (sign, size, label, end)
        for sign, label, end in ((rb"<", b" ours", rb"\n"), (rb"\|", b" base", rb"\n"), (rb"=", b"", rb"\n"),
                                 (rb">", b" theirs", rb"(?:\n|\Z)"))
    )  # fmt: skip
    pattern = rb"%b(.*?)%b(.*?)%b(.*?)%b" % (ours, base, middle, theirs)
    found: list[Part] = []
    done = 0
    for match in re.finditer(pattern, output, re.DOTALL | re.MULTILINE):
        if match.start() > done:
            found.append(Part(output[done : match.start()]))
        found.append(Part(match[1], match[2], match[3]))
        done = match.end()
    return [*found, Part(output[done:])] if done < len(output) else found


def _ended(parts: list[Part], files: tuple[bytes, bytes, bytes]) -> list[Part]:
    """git gives the last line of a conflict an end that the file may not have: it is taken away again."""
    if not parts or parts[-1].is_merged:
        return parts
    last, (base, ours, theirs) = parts[-1], files
    ended = Part(_like(last.ours, ours), _like(last.base or b"", base), _like(last.theirs or b"", theirs))
    return [*parts[:-1], ended]


def _like(part: bytes, file: bytes) -> bytes:
    if not part or file.endswith(b"\n") or not part.endswith(b"\n"):
        return part
    bare = part.removesuffix(b"\n").removesuffix(b"\r")
    return bare if file.endswith(bare) else part
