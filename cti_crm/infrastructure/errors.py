"""The errors that reach a person. A subclass's docstring is its message; `http/errors.py` maps them to HTTP."""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field. `field` is a dotted path ("numbers.0.value"), `message` says what to do."""

    field: str
    message: str


class CtiCrmError(Exception):
    """Something went wrong."""

    code = "error"
    status = 500

    def __init__(self, message: str = "", *, fields: Sequence[FieldError] = ()) -> None:
        """`message` replaces the class's own; `fields` names the fields at fault."""
        super().__init__(message or inspect.getdoc(type(self)) or "")
        self.fields = tuple(fields)


class InvalidInputError(CtiCrmError):
    """Something in what was sent is not right."""

    code = "invalid_input"
    status = 422


class NotSignedInError(CtiCrmError):
    """Please sign in."""

    code = "not_signed_in"
    status = 401


class NotAllowedError(CtiCrmError):
    """Your role does not allow this."""

    code = "not_allowed"
    status = 403


class NotFoundError(CtiCrmError):
    """There is no such thing, or no more."""

    code = "not_found"
    status = 404


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What one wants in a field, and what somebody else put there meanwhile; both as JSON. `field`: a dotted path."""

    field: str
    yours: object
    theirs: object


class ConflictError(CtiCrmError):
    """Somebody else changed this meanwhile. Look at their change, then try again."""

    code = "conflict"
    status = 409

    def __init__(self, message: str = "", *, changes: Sequence[FieldChange] = (), version: int | None = None) -> None:
        """`changes`: where both differ, if that is known; `version`: the newest."""
        super().__init__(message)
        self.changes = tuple(changes)
        self.version = version


class TooLargeError(CtiCrmError):
    """What was sent is too large."""

    code = "too_large"
    status = 413


class TooManyAttemptsError(CtiCrmError):
    """Too many attempts. Wait a minute, then try again."""

    code = "too_many_attempts"
    status = 429


class UnavailableError(CtiCrmError):
    """A part of the system does not answer. Try again in a moment."""

    code = "unavailable"
    status = 503
