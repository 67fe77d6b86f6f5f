"""What may be asked of a running call, and what a PBX is able to do."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cti_crm.calls.ports import Ability, LackKind

Typed = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TransferCreate(_Body):
    """Hand a call over to `to`: an extension, a queue's number, or an outside number as people write it.

    ask_first: they are called while the other side hears music; hand over with `complete-transfer`.
    """

    to: Typed
    ask_first: bool = False


class ConferenceCreate(_Body):
    """Bring a third person in. Without `to`: the one who is being asked."""

    to: Typed | None = None


class DigitsCreate(_Body):
    """Keys, played to the other side one after the other."""

    digits: Annotated[str, StringConstraints(pattern=r"^[0-9*#]{1,32}$")]


class PickUpCreate(_Body):
    """Take a call that rings at a colleague; `extension` says at whom, if at several."""

    extension: Annotated[str, StringConstraints(max_length=40)] | None = None


class AbilityOut(BaseModel):
    """One thing that can be done with a call. If it cannot: what kind of thing is missing at the PBX, and its name."""

    ability: Ability
    lack: LackKind | None = None
    name: str = ""


class PbxOut(BaseModel):
    """A telephone system, and what it can do with calls."""

    name: str
    abilities: list[AbilityOut]


class PbxList(BaseModel):
    """All telephone systems."""

    items: list[PbxOut]
    next_cursor: Annotated[str | None, Field(description="Always null: all are listed.")] = None
