"""Guards: token sets that others published arrive as they are, and an edit touches one line of them.

The packages are fetched when the test runs and never committed. Offline they are skipped, on CI they are not.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.workbench import Git, System, Workbench
from tests.service import Person

LICENCES = {"MIT", "Apache-2.0", "BSD-3-Clause", "ISC"}
FORMATS = ("css", "scss", "json", "js", "ts")
EDITS = int(os.environ.get("XDS_TEST_EDITS", "8"))

pytestmark = [pytest.mark.network, pytest.mark.timeout(300)]


@dataclass(frozen=True)
class Published:
    """A token set in a package: what to fetch, which of its folders is the repository, and the manifest to add."""

    name: str
    package: str
    folder: str = "."
    globs: tuple[str, ...] = ()
    least: int = 100
    beginning: str = ""
    """What a file or folder of ``folder`` begins with to belong to this team; a package may hold sets of many."""

    def __str__(self) -> str:
        return self.name


OPEN_PROPS = Published("open-props", "open-props@1.7.23", least=400)  # its own layout fits without a manifest
POLARIS = Published("shopify-polaris", "dtcg-examples@1.1.3", "shopify-polaris", ("*.tokens.json",), 60)
FLUENT = Published("microsoft-fluent", "dtcg-examples@1.1.3", ".", ("microsoft-fluent/**",), 150, "microsoft-fluent")
PRIMER = Published(
    "github-primer", "dtcg-examples@1.1.3", "github-primer", ("**/*.tokens.json", "!functional/typography/"), 400
)
SPECTRUM = Published("adobe-spectrum", "dtcg-examples@1.1.3", ".", ("adobe-spectrum/*.json",), 500, "adobe-spectrum")
CARBON = Published("ibm-carbon", "dtcg-examples@1.1.3", ".", ("ibm-carbon/*.tokens.json",), beginning="ibm-carbon")
APPLE = Published(
    "apple-hig", "dtcg-examples@1.1.3", globs=("apple-hig/color/light.tokens.json",), beginning="apple-hig"
)
"""Its resolver has a set of fonts that it forgets in its `resolutionOrder`, so that the sizes refer to nothing."""


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packages")


def fetch(packages: Path, package: str) -> Path:
    """The unpacked package; the test is skipped where it cannot be had, and fails on CI."""
    name, _, _ = package.rpartition("@")
    home = packages / package.replace("/", "-")
    if not home.exists():
        npm = shutil.which("npm")
        if npm is None:
            unavailable("npm is not installed")
        command = [str(npm), "pack", package, "--json", "--pack-destination", str(packages)]
        done = subprocess.run(command, cwd=packages, capture_output=True, text=True, timeout=200)
        if done.returncode != 0:
            unavailable(f"{package} could not be fetched: {done.stderr[-500:]}")
        unpacked = packages / f"{home.name}.part"
        with tarfile.open(next(packages.glob(f"{name.replace('/', '-').lstrip('@')}-*.tgz"))) as archive:
            # Python 3.11.0 to 3.11.3 know no filters
            safely: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            archive.extractall(unpacked, **safely)
        unpacked.rename(home)
    package_json = json.loads((home / "package/package.json").read_text())
    assert package_json["license"] in LICENCES
    return home / "package"


def unavailable(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def laid_out(published: Published, packages: Path, target: Path) -> Path:
    """The set as its team would have it in a folder, with a manifest where their layout needs one."""
    root = fetch(packages, published.package) / published.folder

    def others(folder: str, names: list[str]) -> list[str]:
        return [name for name in names if Path(folder) == root and not name.startswith(published.beginning)]

    shutil.copytree(root, target, ignore=others)
    if published.globs:
        manifest = {"schemaVersion": 1, "name": published.name, "tokens": list(published.globs)}
        (target / "designsystem.json").write_text(json.dumps(manifest, indent=2) + "\n")
    return target


def paths_in(document: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every token of a document by our own reading of the format: an object with ``$value``."""
    if not isinstance(document, dict):
        return
    if "$value" in document:
        yield ".".join(path)
        return
    for name, member in document.items():
        if not name.startswith("$"):
            yield from paths_in(member, (*path, name))


def paths_of(work: Path, files: set[str]) -> set[str]:
    return {path for file in files for path in paths_in(json.loads((work / file).read_text(encoding="utf-8-sig")))}


@pytest.mark.parametrize("published", [OPEN_PROPS, POLARIS, FLUENT, PRIMER, SPECTRUM], ids=str)
def test_a_published_set_is_imported_exported_and_edited(
    published: Published,
    packages: Path,
    bench: Workbench,
    administrator: Person,
    git: Git,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = laid_out(published, packages, tmp_path / published.name)
    system = imported(published, folder, bench, administrator)
    work = system.clone(tmp_path / "work")
    tokens = system.tokens()
    files = {token["file"] for token in tokens.values()}
    assert len(tokens) >= published.least
    assert set(tokens) == paths_of(work, files) == paths_of(folder, files)
    counted = system.query("SELECT count(*) FROM design_tokens WHERE design_system_id = $1")
    assert int(counted[0][0]) == len(tokens)
    broken = [path for path, token in tokens.items() if token["resolved_value"] is None and token["value"] is not None]
    assert broken == []
    check_exports(system, tokens, work, administrator)
    check_edits(system, tokens, work, git)
    check_added_and_deleted(system, work, git)
    assert administrator.xds("validate", work).returncode == 0
    system.check_level()
    system.check_repository()
    drift = administrator.told(
        "reindex", "--check", "--system", f"{system.team}/{system.slug}", "--data", bench.service.data
    )
    assert drift["systems"][0]["drift"] == []
    with capsys.disabled():
        print(
            f"\n{published.name}: {len(tokens)} tokens in {len(files)} files of {published.package}, level throughout"
        )


def imported(published: Published, folder: Path, bench: Workbench, administrator: Person) -> System:
    told = administrator.told("import", folder, "--team", bench.team["slug"], "--name", f"Import {published.name}")
    return bench.system_of(told["system"]["id"], told["system"]["slug"])


def check_exports(system: System, tokens: dict[str, Any], work: Path, person: Person) -> None:
    for kind in FORMATS:
        answer = system.rest("GET", "/tokens/export", params={"format": kind})
        told = int(answer.headers["x-export-problems"])
        lines = [line for line in answer.text.splitlines() if re.search(r"[:=]", line)]
        assert len(lines) >= (len(tokens) - told) // 2, kind
        offline = person.xds("export", work, "--format", kind)
        assert offline.returncode == 0, offline.stderr
        assert body_of(offline.stdout) == body_of(answer.text), f"{kind}: offline as from the server"
    json.loads(system.rest("GET", "/tokens/export", params={"format": "json"}).text)


def body_of(text: str) -> list[str]:
    """What is exported, without the header that names system and commit."""
    return [line for line in text.splitlines() if not re.match(r'\s*(//|/?\*|"\$?(system|version|commit))', line)]


def check_edits(system: System, tokens: dict[str, Any], work: Path, git: Git) -> None:
    """One leaf of a value changed is one line of the difference, whatever the file's style."""
    editable = [token for _, token in sorted(tokens.items()) if nudged(token["value"]) not in (None, token["value"])]
    for token in random.Random(system.slug).sample(editable, min(EDITS, len(editable))):
        body = {"value": nudged(token["value"]), "message": f"Nudge {token['path']}"}
        written = system.rest("PUT", f"/tokens/{token['id']}", json=body).json()
        git("pull", "-q", "--ff-only", cwd=work)
        assert git.head(work) == written["commit"]
        numbers = git("diff", "--numstat", "HEAD~1", "HEAD", cwd=work)
        assert numbers.split() == ["1", "1", token["file"]], (token["path"], token["value"], git("show", cwd=work))


def nudged(value: Any) -> Any:
    """The value with its first number changed; None where there is none or it stands in an alias."""
    if isinstance(value, str) and "{" not in value:
        changed = re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), value, count=1)
        return changed if changed != value else None
    if isinstance(value, (bool, str)) or value is None:
        return None
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return round(value * 0.9, 4)
    if isinstance(value, list):
        for place, item in enumerate(value):
            if (changed := nudged(item)) is not None:
                return [*value[:place], changed, *value[place + 1 :]]
    if isinstance(value, dict):
        for name in ("components", "value", "fontSize", "blur", "duration"):
            if name in value and (changed := nudged(value[name])) is not None:
                return {**value, name: changed}
    return None


def check_added_and_deleted(system: System, work: Path, git: Git) -> None:
    """Files stay JSON, and hold exactly the tokens that the service says."""
    tokens = system.tokens()
    chance = random.Random(system.slug)
    gone = []
    for token in chance.sample(sorted(tokens.values(), key=lambda each: each["path"]), len(tokens)):
        if len(gone) == 5:
            break
        if not system.rest("GET", f"/tokens/{token['id']}/usages").json()["items"]:
            system.rest("DELETE", f"/tokens/{token['id']}", status=204)
            gone.append(token["path"])
    assert len(gone) == 5
    made = []
    standing = [token for path, token in sorted(tokens.items()) if path not in gone]
    for number, beside in enumerate(chance.sample(standing, 5)):
        group = beside["path"].rpartition(".")[0]
        category, _, name = f"{group}.added-{number}".lstrip(".").partition(".")
        body = {"category": category, "name": name, "type": "number", "value": 4.5}
        made.append(system.rest("POST", "/tokens", status=201, json=body).json()["path"])
    git("pull", "-q", "--ff-only", cwd=work)
    after = system.tokens()
    assert set(after) == (set(tokens) - set(gone)) | set(made)
    files = {token["file"] for token in (*after.values(), *tokens.values())}
    assert paths_of(work, files) == set(after)


def test_a_published_set_with_a_fault_is_refused_where_the_fault_is(
    packages: Path, bench: Workbench, administrator: Person, tmp_path: Path
) -> None:
    folder = laid_out(CARBON, packages, tmp_path / "carbon")
    done = administrator.xds("import", folder, "--team", bench.team["slug"], "--name", "Carbon")
    assert done.returncode == 1
    assert "ibm-carbon/layout.tokens.json:25:" in done.stderr
    assert "layout.breakpoints.sm.margin" in done.stderr
    checked = administrator.xds("validate", folder)
    assert checked.returncode == 1
    assert "ibm-carbon/layout.tokens.json:25:" in checked.stdout + checked.stderr


def test_a_published_resolver_that_forgets_a_set_is_told_where_that_shows(
    packages: Path, person: Person, tmp_path: Path
) -> None:
    checked = person.xds("validate", laid_out(APPLE, packages, tmp_path / "apple"))
    assert checked.returncode == 1
    lines = [line for line in checked.stdout.splitlines() if "error" in line]
    assert len(lines) == 11
    assert all("apple-hig/font/textStyle/medium.tokens.json:" in line for line in lines)
    assert all("{font.design.default} does not exist" in line for line in lines)


def test_an_existing_repository_of_a_published_set_is_pushed_with_its_history(
    packages: Path, bench: Workbench, git: Git, tmp_path: Path
) -> None:
    """As a team would bring it: commits of their own, their own layout, git alone."""
    work = laid_out(POLARIS, packages, tmp_path / "work")
    git("init", "-q", work, cwd=tmp_path)
    for file in sorted(path.name for path in work.glob("*.json")):
        git("add", file, cwd=work)
        git("commit", "-q", "-m", f"Add {file}", cwd=work)
    system = bench.make_system("Polaris")
    git("push", "-q", system.url(), "main", cwd=work)
    tokens = system.tokens()
    assert set(tokens) == paths_of(work, {token["file"] for token in tokens.values()})
    added = {
        file: git("log", "--format=%H", "--", file, cwd=work).strip() for file in {t["file"] for t in tokens.values()}
    }
    literal = [token for token in tokens.values() if "{" not in json.dumps(token["value"]).replace('{"', "")]
    assert all(token["commit"] == added[token["file"]] for token in literal)
    system.check_level()
