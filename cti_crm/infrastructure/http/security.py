"""What protects every browser, whoever is signed in: the origin check and the headers of every answer."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from aiohttp import web

from cti_crm.infrastructure.errors import NotAllowedError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})  # RFC 9110, section 9.2.1
_HOST = re.compile(r"[A-Za-z0-9.\-]+(:[0-9]+)?|\[[0-9A-Fa-f:.]+\](:[0-9]+)?")


class ForeignOriginError(NotAllowedError):
    """This request came from a page of another site. If a proxy stands in front, name its address in http.origins."""

    code = "foreign_origin"


def check_origin(request: web.Request, origins: Collection[str]) -> None:
    """Refuse what a page of another site sent. Programs send no Origin, and have no cookie of somebody else's.

    `origins` are allowed besides the host the request was sent to. Raises ForeignOriginError.
    """
    origin = request.headers.get("Origin")
    if origin is None or origin in origins:
        return
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or parts.netloc.lower() != request.host.lower():
        raise ForeignOriginError


def content_security_policy(host: str) -> str:
    """What a page of ours may load. `host` is the request's; the socket is named because older browsers need it."""
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        f"connect-src 'self'{sockets}; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )


def add_security_headers(app: web.Application) -> None:
    """Let every answer of the application carry them, errors and upgrades included."""
    app.on_response_prepare.append(_add_headers)


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", content_security_policy(request.host))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), payment=()")
    if request.path.startswith("/api/"):
        headers.setdefault("Cache-Control", "no-store")
