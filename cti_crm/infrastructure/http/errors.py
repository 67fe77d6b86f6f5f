"""The only place where errors become HTTP: problem+json by RFC 9457."""

from collections.abc import Sequence
from typing import Any

import structlog
from aiohttp import web
from pydantic import BaseModel, JsonValue, ValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from cti_crm.infrastructure.errors import ConflictError, CtiCrmError, FieldError, InvalidInputError, UnavailableError

log = structlog.get_logger(__name__)


class Change(BaseModel):
    """A field that somebody else changed meanwhile: what was sent, and what stands there now."""

    field: str
    yours: JsonValue
    theirs: JsonValue


class Problem(BaseModel):
    """An error by RFC 9457; `code` is stable and meant for programs, `detail` is meant for people.

    changes, version: in a conflict what differs, and the newest version.
    """

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    errors: list[dict[str, str]] = []
    changes: list[Change] = []
    version: int | None = None


def problem_response(error: CtiCrmError) -> web.Response:
    """An error as an HTTP answer."""
    body = Problem(
        title=error.code.replace("_", " ").capitalize(),
        status=error.status,
        code=error.code,
        detail=str(error),
        errors=[{"field": one.field, "message": one.message} for one in error.fields],
    )
    if isinstance(error, ConflictError):
        body.version = error.version
        body.changes = [Change.model_validate(one, from_attributes=True) for one in error.changes]
    return web.Response(status=error.status, text=body.model_dump_json(), content_type="application/problem+json")


def from_validation(error: ValidationError) -> InvalidInputError:
    """pydantic's errors in our words."""
    return InvalidInputError(fields=[FieldError(_path(one["loc"]), one["msg"]) for one in error.errors()])


def _path(location: Sequence[Any]) -> str:
    return ".".join(str(part) for part in location)


@web.middleware
async def problem_middleware(request: web.Request, handler: Any) -> web.StreamResponse:
    """Turn every error into a problem; a person never sees a stack trace, the log does."""
    try:
        response: web.StreamResponse = await handler(request)
        return response
    except CtiCrmError as error:
        return problem_response(error)
    except ValidationError as error:
        return problem_response(from_validation(error))
    except web.HTTPException as error:
        if error.status < 400 or not request.path.startswith("/api/"):
            raise
        body = Problem(title=error.reason, status=error.status, code=f"http_{error.status}", detail=error.reason)
        headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
        return web.Response(
            status=error.status, text=body.model_dump_json(), content_type="application/problem+json", headers=headers
        )
    except (OperationalError, InterfaceError, OSError, TimeoutError) as error:
        log.warning("dependency_unavailable", path=request.path, error=type(error).__name__)
        return problem_response(
            UnavailableError("The database does not answer. What you typed is kept; try again soon.")
        )
    except DBAPIError as error:
        log.exception("database_error", path=request.path)
        if error.connection_invalidated:
            return problem_response(UnavailableError())
        return problem_response(CtiCrmError("Something went wrong here. It has been logged."))
    except Exception:
        log.exception("request_failed", path=request.path, method=request.method)
        return problem_response(CtiCrmError("Something went wrong here. It has been logged."))
