"""The API's own description: valid, complete, and served."""

import jsonschema
from openapi_spec_validator import OpenAPIV31SpecValidator

from cti_crm.app import openapi_document, socket_schema


def test_the_document_is_valid_openapi() -> None:
    OpenAPIV31SpecValidator(openapi_document()).validate()


def test_every_operation_says_what_it_does_and_what_it_gives() -> None:
    for path, operations in openapi_document()["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert operation["responses"], (method, path)
            assert "default" in operation["responses"]


def test_the_contracts_resources_are_there() -> None:
    paths = openapi_document()["paths"]
    for resource in ("calls", "contacts", "organizations", "notes", "tasks", "agents", "queues", "dispositions"):
        assert f"/api/v1/{resource}" in paths


def test_a_call_has_the_contracts_names() -> None:
    schemas = openapi_document()["components"]["schemas"]
    assert {"from", "to", "kind", "at"} == set(schemas["TransferOut"]["properties"])
    assert {"agent", "from", "to", "seconds"} == set(schemas["TalkOut"]["properties"])


def test_the_sockets_schemas_are_json_schema() -> None:
    for schema in socket_schema().values():
        jsonschema.Draft202012Validator.check_schema(schema)
