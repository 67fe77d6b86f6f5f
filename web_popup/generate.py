"""Makes the browser's types from the service's own words: the OpenAPI document and the socket's messages.

Run with the project's Python: `python web_popup/generate.py` writes, `--check` only tells whether the file is stale.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from build_hook import BuildError, run_npm
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from cti_crm.screenpop import protocol

HERE = Path(__file__).parent
TARGET = HERE / "src" / "api" / "schema.d.ts"
MESSAGES: tuple[tuple[str, JsonSchemaMode], ...] = (("ServerMessage", "serialization"), ("ClientMessage", "validation"))
REF = "#/components/schemas/{model}"


def document() -> dict[str, Any]:
    """The OpenAPI document with the socket's messages among its schemas, as the browser reads them."""
    from cti_crm.app import openapi_document  # the whole service is needed only here

    openapi = openapi_document()
    sent = _keys_of(openapi)
    schemas: dict[str, Any] = openapi["components"]["schemas"]
    for name, mode in MESSAGES:
        members: tuple[type[BaseModel], ...] = getattr(protocol, name).__origin__.__args__
        refs, definitions = models_json_schema([(one, mode) for one in members], ref_template=REF)
        schemas.update({key: value for key, value in definitions["$defs"].items() if key not in schemas})
        schemas[name] = {"oneOf": list(refs.values())}
    for name, schema in schemas.items():
        if name not in sent:
            _always_present(schema)
        _untitled(schema)
    return openapi


def _keys_of(openapi: dict[str, Any]) -> set[str]:
    """Names of the schemas that stand in a request's body: there a default means that a field may be left out."""
    schemas = openapi["components"]["schemas"]
    found: set[str] = set()

    def follow(part: object) -> None:
        if isinstance(part, dict):
            name = str(part.get("$ref", "")).rpartition("/")[2]
            if name in schemas and name not in found:
                found.add(name)
                follow(schemas[name])
            for value in part.values():
                follow(value)
        elif isinstance(part, list):
            for value in part:
                follow(value)

    for path in openapi["paths"].values():
        for operation in path.values():
            follow(operation.get("requestBody"))
    return found


def _always_present(schema: dict[str, Any]) -> None:
    """What the service sends has every field."""
    if "properties" in schema:
        schema["required"] = list(schema["properties"])


def _untitled(schema: dict[str, Any]) -> None:
    schema.pop("title", None)
    for value in schema.get("properties", {}).values():
        value.pop("title", None)


def render() -> str:
    """The TypeScript text. Raises BuildError if the generator fails."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "openapi.json"), Path(folder, "schema.d.ts")
        source.write_text(json.dumps(document()), encoding="utf-8")
        arguments = [str(source), "--output", str(target), "--default-non-nullable", "false"]
        status = run_npm(["exec", "--silent", "--", "openapi-typescript", *arguments])
        if status:
            raise BuildError(f"openapi-typescript failed with status {status}.")
        return target.read_text(encoding="utf-8")


def main() -> int:
    """Write the file, or with --check compare it; 1 if it is stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether the file is stale")
    text = render()
    if not parser.parse_args().check:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text:
        return 0
    print(f"{TARGET.relative_to(HERE.parent)} is stale: run `python web_popup/generate.py`", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())
