"""The built browser app, and the page on which the API can be read."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>cti-crm</title>
<h1>The browser app is not built</h1><p>Run <code>make build</code> in the project's folder, then reload.</p></html>"""

_HASHED = "public, max-age=31536000, immutable"


def add_pages(app: web.Application, folder: Path) -> None:
    """Serve the app's files; every other path is the app's own (it routes in the browser)."""
    assets = folder / "assets"
    if assets.is_dir():
        app.router.add_static("/assets/", assets)
        app.on_response_prepare.append(_cache_assets)
    app.router.add_get("/{path:.*}", _page(folder))


async def _cache_assets(request: web.Request, response: web.StreamResponse) -> None:
    # The bundler puts a hash of the content into each name: such a file never changes.
    if request.path.startswith("/assets/") and response.status == 200:
        response.headers["Cache-Control"] = _HASHED


def _page(folder: Path) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def page(request: web.Request) -> web.StreamResponse:
        index = folder / "index.html"
        if not index.is_file():
            return web.Response(text=_NOT_BUILT, content_type="text/html", status=503)
        name = request.match_info["path"]
        wanted = folder / name
        if name and "/" not in name and wanted.is_file():
            return web.FileResponse(wanted, headers={"Cache-Control": "no-cache"})
        if name.startswith("assets/"):
            raise web.HTTPNotFound
        return web.FileResponse(index, headers={"Cache-Control": "no-cache"})

    return page
