"""Makes docs/configuration.md from `cti_crm/settings/`, whose descriptions are the only source.

Run with the project's Python: `python docs/generate.py` writes, `--check` only tells whether the file is stale.
"""

import argparse
import inspect
import json
import sys
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from cti_crm.settings import PbxSettings, Settings

HERE = Path(__file__).parent
TARGET = HERE / "configuration.md"

INTRODUCTION = """\
# Configuration

<!-- Made by docs/generate.py from cti_crm/settings/: change it there, then run `make generate`. -->

The service reads `cti-crm.toml` from the folder it is started in, or the file named by `--config FILE` or by the
environment variable `CTI_CRM_CONFIG`. Without a file, and for every setting left out, the defaults below hold. All
commands read the same settings.

- **Environment.** Each setting can come from the environment, under the name in the tables; that wins over the file.
  Lists are written as JSON: `CTI_CRM_HTTP__ORIGINS='["https://crm.example.com"]'`.
- **Mistakes.** A wrong value or an unknown name stops the start; all of them are told at once, with exit status 2.
- **Secrets** are best kept in files of their own (`secret_file`), readable by the service's user only.
- **Changes** take effect at the next start.

`cti-crm doctor` says whether what stands here fits the PBX and the database.

## Example

```toml
{example}```
"""

EXAMPLE = """\
[database]
url = "sqlite+aiosqlite:///cti-crm.db"   # or postgresql+asyncpg://USER:PASSWORD@HOST/NAME

[http]
host = "127.0.0.1"
port = 8080
# Behind a TLS proxy:
# origins = ["https://crm.example.com"]
# secure_cookies = true

[numbers]
country = "DE"
area_code = "30"
own = ["+49 30 5550"]

[[pbx]]
name = "main"
host = "127.0.0.1"
port = 5038
username = "cti"
secret_file = "/etc/cti-crm/ami-secret"
originate_username = "cti-originate"
originate_secret_file = "/etc/cti-crm/ami-originate-secret"
trunks = ["PJSIP/trunk"]

[pbx.records]                            # of the [[pbx]] above
cel = "csv:/var/log/asterisk/cel-custom/cel.csv"
cdr = "csv:/var/log/asterisk/cdr-custom/cdr.csv"

[log]
level = "info"
format = "console"
"""

PBX_NOTE = """\
One `[[pbx]]` for each Asterisk. In the environment the list is one variable, `CTI_CRM_PBX`, written as JSON and taken
in place of the file's: `CTI_CRM_PBX='[{"host": "10.0.0.5", "secret_file": "/run/secrets/ami"}]'`. What the two AMI
users need is told in [asterisk.md](asterisk.md).
"""


_WORDS: dict[object, str] = {
    str: "text",
    int: "number",
    bool: "`true`, `false`",
    Path: "file",
    SecretStr: "text",
    date: "date",
}


def render() -> str:
    """The whole document."""
    Settings(**tomllib.loads(EXAMPLE))  # the example must be right
    parts = [INTRODUCTION.format(example=EXAMPLE)]
    for name, info in Settings.model_fields.items():
        kind = get_origin(info.annotation)
        place = f"{name}.NAME" if kind is dict else name
        parts += _area([place], _model_of(info.annotation) or Settings, listed=kind in (list, dict), array=kind is list)
    return "\n".join(parts)


def _area(paths: list[str], model: type[BaseModel], *, listed: bool, array: bool) -> Iterator[str]:
    """One area's heading and table, then the areas within it.

    paths: where in the file it may stand. listed: there may be several, or it is within such. array: `[[...]]`.
    """
    headings = ", ".join(f"`[[{path}]]`" if array else f"`[{path}]`" for path in paths)
    depth = paths[0].removesuffix(".NAME").count(".") + 2
    yield f"{'#' * depth} {headings}\n\n{inspect.cleandoc(model.__doc__ or '')}\n"
    if model is PbxSettings:
        yield PBX_NOTE
    yield "\n".join(_table(paths[0], model, listed=listed)) + "\n"
    within: dict[tuple[type[BaseModel], bool], list[str]] = {}
    for name, info in model.model_fields.items():
        inner = _model_of(info.annotation)
        if inner is not None:
            several = get_origin(info.annotation) is list
            within.setdefault((inner, several), []).append(f"{paths[0]}.{name}")
    for (inner, several), places in within.items():
        yield from _area(places, inner, listed=listed or several, array=several)


def _model_of(annotation: Any) -> type[BaseModel] | None:
    """The model a setting holds, alone, in a list or perhaps; None if it holds a plain value."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := _model_of(one)) is not None), None)


def _table(path: str, model: type[BaseModel], *, listed: bool) -> Iterator[str]:
    environment = [] if listed else ["Environment"]
    columns = ["Setting", *environment, "Value", "Default", "Meaning"]
    yield _row(columns)
    yield _row(["---"] * len(columns))
    prefix = f"CTI_CRM_{path.replace('.', '__')}"
    for name, info in model.model_fields.items():
        variable = [] if listed else [f"`{prefix}__{name}`".upper()]
        yield _row([f"`{name}`", *variable, _values(info), _default(info), info.description or ""])


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _values(info: FieldInfo) -> str:
    if _model_of(info.annotation) is not None:
        return "table, see below"
    kind = _kind(info.annotation)
    lowest = next((one.ge for one in info.metadata if isinstance(one, Ge)), None)
    highest = next((one.le for one in info.metadata if isinstance(one, Le)), None)
    if lowest is not None and highest is not None:
        return f"{lowest} to {highest}"
    pattern = next((one.pattern for one in info.metadata if getattr(one, "pattern", None)), None)
    return f"text, `{pattern}`" if pattern else kind


def _kind(annotation: object) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(f"`{one}`" for one in arguments)
    if origin in (Union, UnionType):
        return _kind(next(one for one in arguments if one is not NoneType))
    if origin is Annotated:
        return _kind(arguments[0])
    if origin is list:
        return f"list of {_kind(arguments[0])}s"
    if origin is dict:
        return f"table of {_kind(arguments[1])}s"
    return _WORDS[annotation]


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return ""
    value = info.get_default(call_default_factory=True)
    if value is None or isinstance(value, BaseModel):
        return ""
    if isinstance(value, list) and value and isinstance(value[0], BaseModel):
        inline = (", ".join(f"{key} = {_toml(one)}" for key, one in item.model_dump().items()) for item in value)
        return f"`[{', '.join(f'{{ {item} }}' for item in inline)}]`"
    return f"`{_toml(value)}`"


def _toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)  # for texts, numbers, lists and truth values TOML's form too


def main() -> int:
    """Write the file, or with --check compare it; 1 if it is stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether the file is stale")
    text = render()
    if not parser.parse_args().check:
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text:
        return 0
    print("docs/configuration.md is stale: run `python docs/generate.py` (or `make generate`)", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())
