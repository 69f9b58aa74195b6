"""Creates a PostgreSQL cluster whole or not at all, with the service's role and database inside."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from embedded.account import Account
from embedded.errors import EmbeddedError, StartFailed
from embedded.passage import passable
from embedded.secrets import keep_secret, sync_directory

_SECONDS = 120.0


def create_cluster(
    directory: Path, programs: Path, account: Account, scratch: Path, *, password: str, fast: bool = False
) -> None:
    """Make the cluster beside `directory` and rename it into place when it is complete and on disk.

    The service's role `xds` owns the database `xds` and is no superuser: what reaches SQL cannot reach files.
    """
    partial = directory.with_name(f".{directory.name}.new")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    account.own(partial)
    superuser_password = scratch / "pwfile"
    superuser_password.unlink(missing_ok=True)
    descriptor = os.open(superuser_password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(keep_secret(directory.parent / "secrets" / "postgres-superuser-password"))
        account.own(superuser_password)
        with passable(partial, account) as (name, descriptors):
            _run(_initdb(programs, name, superuser_password, fast), account, descriptors, "")
            _run(_single(programs, name), account, descriptors, _statements(password))
    finally:
        superuser_password.unlink(missing_ok=True)
    partial.rename(directory)
    sync_directory(directory.parent)


def refuse_other_major(directory: Path, programs: Path) -> None:
    """Raise EmbeddedError when the cluster was made by another major version than the programs are of."""
    made_by = (directory / "PG_VERSION").read_text(encoding="ascii").strip()
    shown = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True, cwd="/")
    ours = shown.stdout.split()[-1].split(".")[0]
    if made_by != ours:
        raise EmbeddedError(
            f"{directory} was made by PostgreSQL {made_by}, the programs are of version {ours}; "
            f"set PG_BIN to programs of version {made_by}, or dump and restore"
        )


def _initdb(programs: Path, directory: str, password_file: Path, fast: bool) -> list[str]:
    command = [str(programs / "initdb"), "-D", directory, "-U", "postgres", "-A", "scram-sha-256"]
    command += ["--pwfile", str(password_file), "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums"]
    return command + (["--no-sync"] if fast else [])


def _single(programs: Path, directory: str) -> list[str]:
    """PostgreSQL's single-user mode: SQL without a server, so the cluster is complete before anybody can reach it."""
    return [str(programs / "postgres"), "--single", "-D", directory, "-c", "log_checkpoints=off", "postgres"]


def _statements(password: str) -> str:
    # keep_secret's alphabet is URL-safe base64: nothing in it needs quoting. One statement per line in this mode.
    return f"CREATE ROLE xds LOGIN CREATEDB PASSWORD '{password}'\nCREATE DATABASE xds OWNER xds\n"


def _run(command: list[str], account: Account, descriptors: tuple[int, ...], text: str) -> None:
    done = subprocess.run(
        command,
        input=text,
        text=True,
        capture_output=True,
        check=False,
        timeout=_SECONDS,
        pass_fds=descriptors,
        env=server_environment(),
        **account.popen_arguments(),
    )
    # Single-user mode reports a failed statement on stderr and still ends with 0.
    if done.returncode != 0 or "ERROR:" in done.stderr or "FATAL:" in done.stderr:
        output = (done.stdout + done.stderr).strip()
        raise StartFailed(f"the PostgreSQL cluster could not be created\n{output[-2000:]}")


def server_environment() -> dict[str, str]:
    """Our environment without what would steer PostgreSQL's programs elsewhere (PGDATA, PGPORT, PGOPTIONS …)."""
    return {key: value for key, value in os.environ.items() if not key.startswith("PG") and key != "LD_LIBRARY_PATH"}
