"""Every feature's tables in one place, for migrations to compare with and for tests to create."""

from importlib import import_module
from pathlib import Path

from sqlalchemy import MetaData

import cti_crm
from cti_crm.contacts.search_tables import INDEX
from cti_crm.infrastructure.database import Base


def all_tables() -> MetaData:
    """The metadata, once every feature's `models` has been imported."""
    for file in sorted(Path(cti_crm.__file__).parent.glob("*/models.py")):
        import_module(f"cti_crm.{file.parent.name}.models")
    return Base.metadata


def is_ours(name: str | None, _kind: str, _parent: object) -> bool:
    """Whether Alembic is to compare it with the models: not what the search's own index is made of."""
    return not (name or "").startswith(INDEX)
