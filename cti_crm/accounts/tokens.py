"""Secrets given to browsers and scripts. Only their hashes are stored; being random, they need no salt."""

import base64
import hashlib
import hmac
import secrets

API_TOKEN_PREFIX = "cti_"  # noqa: S105 - lets secret scanners recognise a leaked token


def new_token() -> str:
    """256 random bits, safe in a cookie, a header and a URL."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is stored of a token: its SHA-256."""
    return hashlib.sha256(token.encode()).digest()


def csrf_token(session_token: str) -> str:
    """What a page must send along with the session's cookie; it tells nothing about the session's own token."""
    digest = hmac.digest(session_token.encode(), b"cti-crm csrf", "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def is_csrf_token(session_token: str, given: str) -> bool:
    """Whether `given` belongs to the session; in constant time."""
    return hmac.compare_digest(csrf_token(session_token).encode(), given.encode())
