"""The interactive reference at /docs: Swagger UI in one pinned version, which the browser checks byte for byte."""

from __future__ import annotations

import base64
from hashlib import sha256

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse

PATH = "/docs"
PACKAGE = "swagger-ui-dist@5.35.0"
"""The npm package; another version has other digests, which tests/api/test_reference.py tells."""
BASE = f"https://cdn.jsdelivr.net/npm/{PACKAGE}/"
INTEGRITY = {
    "swagger-ui-bundle.js": "sha384-gjRm0bEPMeTmMh5jT2cHccIwCUZSTd8YC+j0d0sXw0MdGEfScduGpSyF3ZSSLkX9",
    "swagger-ui.css": "sha384-WlYgdmXYOOBWL5apwjDEZwN+U3HmXSSu5R6V5aGxEcf7z+KuRNwBhoxKVN1i3D5I",
}
SCRIPT = """
SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#swagger-ui", layout: "BaseLayout", deepLinking: true, showExtensions: true,
  showCommonExtensions: true
});
"""
PAGE = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>xText Design System</title>
<link rel="stylesheet" href="{BASE}swagger-ui.css" integrity="{INTEGRITY["swagger-ui.css"]}" crossorigin="anonymous">
</head>
<body>
<div id="swagger-ui">The <a href="/openapi.json">OpenAPI document</a>, shown by Swagger UI from a public network.</div>
<script src="{BASE}swagger-ui-bundle.js" integrity="{INTEGRITY["swagger-ui-bundle.js"]}" crossorigin="anonymous">
</script>
<script>{SCRIPT}</script>
</body>
</html>
"""
POLICY = (
    f"default-src 'none'; script-src 'sha256-{base64.b64encode(sha256(SCRIPT.encode()).digest()).decode()}' {BASE}; "
    f"style-src 'unsafe-inline' {BASE}; img-src data: 'self'; connect-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'none'"
)
"""Only that script and that version of Swagger UI run on the page, whatever the document that it shows holds."""


def install(app: FastAPI) -> None:
    """Add the page."""

    async def page(_: Request) -> HTMLResponse:
        return HTMLResponse(PAGE)

    app.add_route(PATH, page, methods=["GET"], name="swagger_ui_html", include_in_schema=False)
