"""Users and sessions as the API speaks of them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr

from cti_crm.infrastructure.http.principal import Role


class SignIn(BaseModel):
    """Name and password."""

    username: Annotated[str, Field(min_length=1, max_length=80)]
    password: Annotated[SecretStr, Field(min_length=1, max_length=200)]


class UserRef(BaseModel):
    """A user, as others see them."""

    id: UUID
    name: str


class UserList(BaseModel):
    """All users who may sign in; a firm has few enough for one page."""

    items: list[UserRef]
    next_cursor: None = None


class SessionOut(BaseModel):
    """Who is signed in. `csrf_token` goes into the header X-CSRF-Token of every unsafe request made with the cookie."""

    user: UserRef
    username: str
    role: Role
    csrf_token: str
    expires_at: datetime
