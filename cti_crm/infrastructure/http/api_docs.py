"""/api/docs: the OpenAPI document as a page for people; plain HTML, nothing is loaded from elsewhere."""

import html
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 2.5rem; text-transform: capitalize } code, pre { font: 14px/1.45 ui-monospace, monospace }
details { border: 1px solid #8884; border-radius: 8px; padding: .5rem .8rem; margin: .4rem 0 }
summary { cursor: pointer } summary code { font-weight: 600 } pre { overflow: auto; background: #8881; padding: .8rem }
.method { display: inline-block; width: 4.5rem }
"""


def api_docs(document: dict[str, Any]) -> Callable[[web.Request], Awaitable[web.Response]]:
    """A handler that serves the page."""
    page = _page(document)

    async def serve(_request: web.Request) -> web.Response:
        return web.Response(text=page, content_type="text/html")

    return serve


def _page(document: dict[str, Any]) -> str:
    by_tag: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            by_tag.setdefault(operation["tags"][0], []).append(_operation(path, method, operation))
    sections = "".join(f"<h2>{html.escape(tag)}</h2>{''.join(parts)}" for tag, parts in sorted(by_tag.items()))
    schemas = "".join(_schema(name, schema) for name, schema in sorted(document["components"]["schemas"].items()))
    title = html.escape(f"{document['info']['title']} {document['info']['version']}")
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}: API</title><style>{_STYLE}</style><h1>{title}: API</h1>"
        "<p>Sign in with <code>POST /api/v1/session</code> (cookie) or send <code>Authorization: Bearer …</code> "
        "(a token from <code>cti-crm token add</code>). For programs: "
        '<a href="/api/v1/openapi.json">openapi.json</a>, <a href="/api/v1/socket-schema.json">socket-schema.json</a>.'
        f"</p>{sections}<h2>Schemas</h2>{schemas}</html>"
    )


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    parameters = "".join(
        f"<li><code>{html.escape(one['name'])}</code> ({one['in']}{', required' if one['required'] else ''}) "
        f"<code>{html.escape(json.dumps(one['schema']))}</code></li>"
        for one in operation["parameters"]
    )
    body = operation.get("requestBody")
    takes = f"<p>Takes {_link(body['content']['application/json']['schema'])}.</p>" if body else ""
    gives = ""
    for status, response in operation["responses"].items():
        content = response.get("content", {}).get("application/json")
        if content:
            gives = f"<p>Gives {status}: {_link(content['schema'])}.</p>"
    return (
        f'<details><summary><code class="method">{method.upper()}</code><code>{html.escape(path)}</code> '
        f"— {html.escape(operation['summary'])}</summary><ul>{parameters}</ul>{takes}{gives}</details>"
    )


def _link(schema: dict[str, Any]) -> str:
    name = html.escape(schema.get("$ref", "").rpartition("/")[2])
    return f'<a href="#{name}"><code>{name}</code></a>' if name else "JSON"


def _schema(name: str, schema: dict[str, Any]) -> str:
    text = html.escape(json.dumps(schema, indent=2, ensure_ascii=False))
    name = html.escape(name)
    return f'<details id="{name}"><summary><code>{name}</code></summary><pre>{text}</pre></details>'
