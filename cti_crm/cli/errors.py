"""What a person in a terminal reads when something is wrong. A stack trace is shown only with --debug."""

import difflib
import types
import typing
from collections.abc import Sequence

import typer
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from rich.console import Console
from rich.text import Text
from sqlalchemy.exc import DBAPIError
from typer.core import TyperGroup

from cti_crm.cli.common import SettingsFileError
from cti_crm.infrastructure.errors import CtiCrmError
from cti_crm.settings import Settings

FAILED = 1
WRONG_SETTINGS = 2

_Location = Sequence[int | str]


class Commands(TyperGroup):
    """The commands, with every error put into words."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        """Run the command; Exit with 1, or with 2 if the settings are wrong."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            if ctx.params.get("debug") or _is_usage(error):
                raise
            lines, status = explain(error)
            console = Console(stderr=True, highlight=False)
            for line in lines:
                console.print(Text(line), soft_wrap=True)
            raise typer.Exit(status) from None


def explain(error: Exception) -> tuple[list[str], int]:
    """An error in words, and the exit status that goes with it."""
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    match error:
        case ValidationError() if error.title == Settings.__name__:
            count = error.error_count()
            heading = f"{count} setting{' is' if count == 1 else 's are'} wrong:"
            lines = [f"  {_setting(one['loc'], one['type'], one['msg'])}" for one in error.errors()]
            return [heading, *lines], WRONG_SETTINGS
        case SettingsFileError():
            return [str(error)], WRONG_SETTINGS
        case CtiCrmError():
            fields = [f"  {one.field}: {one.message}" for one in error.fields if one.message not in str(error)]
            return [str(error), *fields], FAILED
        case OSError() if error.filename is not None:
            return [f"{error.filename}: {error.strerror}."], FAILED
        case DBAPIError():
            # SQLAlchemy puts the class's name before what PostgreSQL said.
            said = str(error.orig.__cause__ or error.orig) if error.orig else str(error)
            return [f"The database refused: {said.strip()}."], FAILED
        case OSError():
            return [f"{error.strerror or error}."], FAILED
        case _:
            return [
                f"Something went wrong that should not have: {type(error).__name__}: {error}",
                "Please report it, with what `cti-crm --debug ...` shows.",
            ], FAILED


def _is_usage(error: Exception) -> bool:
    """Wrong options are explained by the command line's own library, wherever it comes from."""
    return hasattr(error, "exit_code") and hasattr(error, "format_message")


def _setting(location: _Location, kind: str, message: str) -> str:
    name = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    model, info = _find(location)
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(str(location[-1]), model.model_fields if model else (), n=1)
        return f"{name}: there is no such setting." + (f" Did you mean {near[0]}?" if near else "")
    text = message.removeprefix("Value error, ").removeprefix("Input ").rstrip(".")
    help_text = f" ({info.description})" if info is not None and info.description else ""
    return f"{name}: {text}.{help_text}"


def _find(location: _Location) -> tuple[type[BaseModel] | None, FieldInfo | None]:
    """The model that holds the last part of the path, and the field, as far as they exist."""
    model: type[BaseModel] | None = Settings
    info: FieldInfo | None = None
    for part in location:
        if isinstance(part, int):
            continue
        if info is not None:
            model = _model_of(info.annotation)
        info = model.model_fields.get(part) if model else None
        if info is None:
            break
    return model, info


def _model_of(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, types.GenericAlias):
        annotation = typing.get_args(annotation)[0]
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
