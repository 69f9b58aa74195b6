"""The export of a whole system as one JSON document."""

from __future__ import annotations

import httpx

from api.routes.systems import ITEMS_AT_ONCE
from api.schemas.systems import SystemExport
from tests.api.conftest import sign_up

TOKENS = 2 * ITEMS_AT_ONCE + 1


async def test_a_document_of_many_pieces_is_one_document(client: httpx.AsyncClient) -> None:
    ada = await sign_up(client, "ada")
    team = (await client.post("/api/teams", json={"name": "Acme"}, headers=ada)).json()
    body = {"team_id": team["id"], "name": 'U"I\n', "init": True}
    system = (await client.post("/api/design-systems", json=body, headers=ada)).json()
    url = f"/api/design-systems/{system['id']}"
    empty = SystemExport.model_validate_json((await client.get(f"{url}/export?format=json", headers=ada)).content)
    assert (empty.tokens, empty.components) == ([], [])
    made = [{"op": "create", "path": f"size.t{n}", "type": "number", "value": n} for n in range(TOKENS)]
    for start in range(0, TOKENS, 100):
        answer = await client.post(f"{url}/tokens/batch", json={"operations": made[start : start + 100]}, headers=ada)
        assert answer.status_code == 200, answer.text
    assert (await client.post(f"{url}/publish", json={"version": "1.0.0"}, headers=ada)).status_code == 201
    found = SystemExport.model_validate_json((await client.get(f"{url}/export?format=json", headers=ada)).content)
    assert len({token.path for token in found.tokens}) == TOKENS
    assert (found.commit, found.manifest["version"]) == (found.system.head, "1.0.0")
