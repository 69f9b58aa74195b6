"""Guards: people sign in through npm's oidc-provider, a certified OpenID Connect provider, by its own forms.

The package is fetched when the test runs and never committed. Offline it is skipped, on CI it is not.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from settings import Settings
from tests.oauth.conftest import PAGE, SITE, Browser, bearer, code_in, query_of, running
from tests.oauth.issuer import CLIENT_ID, CLIENT_SECRET

PACKAGE = "oidc-provider@9.13.3"

pytestmark = [pytest.mark.network, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def entry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, installed in a folder of its own."""
    folder = tmp_path_factory.mktemp("oidc-provider")
    npm = shutil.which("npm")
    if npm is None:
        unavailable("npm is not installed")
    (folder / "package.json").write_text('{"private": true}')
    command = [str(npm), "install", PACKAGE, "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=200)
    if done.returncode != 0:
        unavailable(f"{PACKAGE} could not be fetched: {done.stderr[-500:]}")
    return folder / "node_modules/oidc-provider/lib/index.js"


def unavailable(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def real_issuer(entry: Path) -> Iterator[str]:
    """The running provider's issuer."""
    node = shutil.which("node")
    assert node, "npm without node"
    script = Path(__file__).with_name("provider.mjs")
    callback = f"{SITE}/api/auth/oauth/real/callback"
    command = [node, str(script), str(entry), callback, CLIENT_ID, CLIENT_SECRET]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest_asyncio.fixture
async def visitor(settings: Settings, real_issuer: str) -> AsyncIterator[Browser]:
    """A browser at a service that knows the provider."""
    assert real_issuer.startswith("http://127.0.0.1:")
    real = {"name": "real", "title": "Real", "issuer": real_issuer}
    credentials = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    known = Settings.model_validate(settings.model_dump() | {"oidc_providers": [real | credentials]})
    async with running(known) as app, AsyncExitStack() as stack:
        yield await Browser(app, stack).opened()


async def walk(browser: Browser, url: str, login: str) -> str:
    """Through the provider's forms as this person, until it sends the browser back to us; where to."""
    answer = await browser.http.get(url)
    for _ in range(12):
        if answer.is_redirect:
            location = str(answer.url.join(answer.headers["location"]))
            if location.startswith(SITE):
                return location
            answer = await browser.http.get(location)
            continue
        assert answer.status_code == 200, answer.text
        action = re.search(r'<form[^>]* action="([^"]+)"', answer.text)
        assert action, answer.text
        form = dict(re.findall(r'name="(prompt)" value="(\w+)"', answer.text))
        if form["prompt"] == "login":
            form |= {"login": login, "password": "any"}
        answer = await browser.http.post(str(answer.url.join(action[1])), data=form)
    raise AssertionError("it never came back")


async def test_a_person_signs_in_and_comes_back_to_the_page(visitor: Browser) -> None:
    url = await visitor.begin("real", redirect_to=PAGE)
    back = await walk(visitor, url, "grace")
    assert query_of(back)["iss"]
    code = code_in(await visitor.http.get(back))
    headers = bearer(await visitor.redeem(code))
    me = (await visitor.http.get("/api/auth/me", headers=headers)).json()
    assert (me["email"], me["name"], me["username"]) == ("grace@example.org", "grace of the tests", "grace")
    again = await walk(visitor, await visitor.begin("real"), "grace")
    second = await visitor.http.get("/api/auth/me", headers=bearer(await visitor.http.get(again)))
    assert second.json()["id"] == me["id"]


async def test_its_codes_work_once_and_for_their_own_sign_in(visitor: Browser) -> None:
    back = await walk(visitor, await visitor.begin("real"), "once")
    assert (await visitor.http.get(back)).status_code == 200
    assert (await visitor.http.get(back)).status_code == 401
    spent = query_of(back)["code"]
    fresh = await walk(visitor, await visitor.begin("real"), "once")
    swapped = httpx.URL(fresh).copy_set_param("code", spent)
    assert (await visitor.http.get(str(swapped))).status_code == 401


async def test_an_unverified_address_is_refused(visitor: Browser) -> None:
    back = await walk(visitor, await visitor.begin("real"), "unverified-eve")
    answer = await visitor.http.get(back)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


async def test_who_turns_back_is_told_so(visitor: Browser) -> None:
    answer = await visitor.http.get(await visitor.begin("real", redirect_to=PAGE))
    form = await visitor.http.get(str(answer.url.join(answer.headers["location"])))
    abort = re.search(r'href="([^"]+/abort)"', form.text)
    assert abort, form.text
    answer = await visitor.http.get(str(form.url.join(abort[1])))
    while not str(answer.headers["location"]).startswith(SITE):
        answer = await visitor.http.get(str(answer.url.join(answer.headers["location"])))
    answer = await visitor.http.get(answer.headers["location"])
    assert query_of(answer.headers["location"])["error"] == "access_denied"
