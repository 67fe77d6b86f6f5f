"""A thin typed layer: from handlers' annotations requests are checked and OpenAPI 3.1 is made.

A handler takes `request: ApiRequest` and, by name, the path's parameters (UUID, int or str), `query` and `body`
(pydantic models). It returns a pydantic model, None (204), or an aiohttp response of its own.
"""

import inspect
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_origin, get_type_hints
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.json_schema import models_json_schema
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.errors import InvalidInputError, NotAllowedError, NotFoundError, NotSignedInError
from cti_crm.infrastructure.http.errors import Problem, from_validation
from cti_crm.infrastructure.http.principal import Principal, Role

Handler = Callable[..., Awaitable[object]]
H = TypeVar("H", bound=Handler)
ANYONE: tuple[Role, ...] = ()
EVERY_ROLE = tuple(Role)

PRINCIPAL = web.RequestKey("principal", Principal)
BeforeCommit = Callable[[AsyncSession, web.Response], Awaitable[None]]
BEFORE_COMMIT = web.RequestKey[BeforeCommit]("before_commit")
"""A middleware's last word within the request's transaction, once its answer is made."""


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """What a handler gets besides its typed parameters. `session` is committed when the handler returns."""

    session: AsyncSession
    http: web.Request
    user: Principal | None

    @property
    def principal(self) -> Principal:
        """Who asks. Raises NotSignedInError where the route is open to anyone and nobody is signed in."""
        if self.user is None:
            raise NotSignedInError
        return self.user


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of the API."""

    method: str
    path: str
    handler: Handler
    roles: tuple[Role, ...]  # empty: also without signing in
    status: int
    tag: str
    path_types: dict[str, type]
    query: type[BaseModel] | None
    body: type[BaseModel] | None
    response: type[BaseModel] | None


@dataclass(slots=True)
class Routes:
    """The operations of one feature; `tag` groups them in the docs."""

    tag: str
    items: list[Route] = field(default_factory=list)

    def get(self, path: str, roles: tuple[Role, ...] = EVERY_ROLE) -> Callable[[H], H]:
        """Register a read."""
        return self._register("GET", path, roles, 200)

    def post(self, path: str, roles: tuple[Role, ...] = EVERY_ROLE, status: int = 201) -> Callable[[H], H]:
        """Register the making of something, or an action."""
        return self._register("POST", path, roles, status)

    def put(self, path: str, roles: tuple[Role, ...] = EVERY_ROLE) -> Callable[[H], H]:
        """Register the setting of something whole."""
        return self._register("PUT", path, roles, 200)

    def patch(self, path: str, roles: tuple[Role, ...] = EVERY_ROLE) -> Callable[[H], H]:
        """Register the change of some fields."""
        return self._register("PATCH", path, roles, 200)

    def delete(self, path: str, roles: tuple[Role, ...] = EVERY_ROLE) -> Callable[[H], H]:
        """Register a removal."""
        return self._register("DELETE", path, roles, 204)

    def _register(self, method: str, path: str, roles: tuple[Role, ...], status: int) -> Callable[[H], H]:
        def decorate(handler: H) -> H:
            hints = get_type_hints(handler)
            names = re.findall(r"{(\w+)}", path)
            returned = hints.get("return")
            self.items.append(
                Route(
                    method=method,
                    path=path,
                    handler=handler,
                    roles=roles,
                    status=status,
                    tag=self.tag,
                    path_types={name: hints[name] for name in names},
                    query=hints.get("query"),
                    body=hints.get("body"),
                    response=returned if inspect.isclass(returned) and issubclass(returned, BaseModel) else None,
                )
            )
            return handler

        return decorate


class Api:
    """All features' routes below one prefix, bound to one database."""

    def __init__(self, prefix: str, database: Database, title: str, version: str) -> None:
        self.prefix = prefix
        self.routes: list[Route] = []
        self._database = database
        self._title = title
        self._version = version

    def add(self, routes: Routes) -> None:
        """Take a feature's operations in."""
        self.routes.extend(routes.items)

    def register(self, app: web.Application) -> None:
        """Put all operations, and the OpenAPI document, on the application."""
        for route in self.routes:
            app.router.add_route(route.method, self.prefix + route.path, self._endpoint(route))
        document = self.openapi()
        app.router.add_get(f"{self.prefix}/openapi.json", _constant(document))
        app.router.add_route("*", f"{self.prefix}/{{unknown:.*}}", _unknown)

    def _endpoint(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def endpoint(http: web.Request) -> web.StreamResponse:
            user: Principal | None = http.get(PRINCIPAL)
            if route.roles:
                if user is None:
                    raise NotSignedInError
                if not user.may(*route.roles):
                    raise NotAllowedError
            arguments = _path_arguments(route, http)
            if route.query is not None:
                arguments["query"] = _parse_query(route.query, http)
            if route.body is not None:
                arguments["body"] = await _parse_body(route.body, http)
            async with self._database.transaction() as session:
                response = _response(route, await route.handler(ApiRequest(session, http, user), **arguments))
                if BEFORE_COMMIT in http and isinstance(response, web.Response):
                    await http[BEFORE_COMMIT](session, response)
            return response

        return endpoint

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI 3.1 document; its schemas are pydantic's JSON Schema (2020-12)."""
        models: list[tuple[type[BaseModel], Any]] = [(Problem, "serialization")]
        for route in self.routes:
            models += [(route.body, "validation")] if route.body else []
            models += [(route.response, "serialization")] if route.response else []
        unique = list(dict.fromkeys(models))
        refs, definitions = models_json_schema(unique, ref_template="#/components/schemas/{model}")
        paths: dict[str, dict[str, Any]] = {}
        for route in self.routes:
            paths.setdefault(self.prefix + route.path, {})[route.method.lower()] = _operation(route, refs)
        return {
            "openapi": "3.1.0",
            "info": {"title": self._title, "version": self._version},
            "paths": paths,
            "components": {
                "schemas": definitions.get("$defs", {}),
                "securitySchemes": {
                    "session": {"type": "apiKey", "in": "cookie", "name": "cti_crm_session"},
                    "token": {"type": "http", "scheme": "bearer"},
                },
            },
        }


def _response(route: Route, result: object) -> web.StreamResponse:
    if isinstance(result, web.StreamResponse):
        return result
    if isinstance(result, BaseModel):
        return web.Response(
            status=route.status, text=result.model_dump_json(by_alias=True), content_type="application/json"
        )
    return web.Response(status=204)


def _operation(route: Route, refs: Any) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": TypeAdapter(kind).json_schema()}
        for name, kind in route.path_types.items()
    ]
    if route.query is not None:
        schema = route.query.model_json_schema(ref_template="#/components/schemas/{model}")
        definitions = schema.get("$defs", {})
        parameters += [
            {
                "name": name,
                "in": "query",
                "required": name in schema.get("required", ()),
                "schema": _inlined(spec, definitions),
            }
            for name, spec in schema.get("properties", {}).items()
        ]
    operation: dict[str, Any] = {
        "tags": [route.tag],
        "operationId": route.handler.__name__,
        "summary": (inspect.getdoc(route.handler) or "").partition("\n")[0],
        "parameters": parameters,
        "responses": {
            str(route.status if route.response else 204): {
                "description": "Done.",
                **(
                    {"content": {"application/json": {"schema": refs[route.response, "serialization"]}}}
                    if route.response
                    else {}
                ),
            },
            "default": {
                "description": "What went wrong, by RFC 9457.",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        },
        "security": [{"session": []}, {"token": []}] if route.roles else [],
    }
    if route.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": refs[route.body, "validation"]}},
        }
    return operation


def _inlined(spec: Any, definitions: dict[str, Any]) -> Any:
    """Query parameters are few and flat: their enums stand in place instead of in components."""
    if isinstance(spec, dict):
        if "$ref" in spec:
            return definitions[spec["$ref"].rpartition("/")[2]]
        return {key: _inlined(value, definitions) for key, value in spec.items()}
    if isinstance(spec, list):
        return [_inlined(value, definitions) for value in spec]
    return spec


def _path_arguments(route: Route, http: web.Request) -> dict[str, object]:
    arguments: dict[str, object] = {}
    for name, kind in route.path_types.items():
        try:
            arguments[name] = kind(http.match_info[name]) if kind in (UUID, int) else http.match_info[name]
        except ValueError:
            raise NotFoundError from None
    return arguments


def _parse_query(model: type[BaseModel], http: web.Request) -> BaseModel:
    values: dict[str, Any] = {}
    for key in http.query:
        found = http.query.getall(key)
        field_info = model.model_fields.get(key)
        values[key] = found if field_info and get_origin(field_info.annotation) is list else found[-1]
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise from_validation(error) from None


async def _parse_body(model: type[BaseModel], http: web.Request) -> BaseModel:
    if http.content_type != "application/json":
        raise InvalidInputError("Send JSON, with Content-Type: application/json.")
    try:
        return model.model_validate_json(await http.read())
    except ValidationError as error:
        raise from_validation(error) from None


def _constant(document: dict[str, Any]) -> Callable[[web.Request], Awaitable[web.Response]]:
    response_body = document

    async def serve(_request: web.Request) -> web.Response:
        return web.json_response(response_body)

    return serve


async def _unknown(_request: web.Request) -> web.Response:
    raise NotFoundError("There is no such address in the API. See /api/docs.")
