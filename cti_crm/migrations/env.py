"""Alembic's entry: runs on the connection that `cti_crm.migrations.store` hands over, never on one of its own."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, Connection
from sqlalchemy.types import TypeEngine

from cti_crm.infrastructure.database import UtcDateTime
from cti_crm.migrations.tables import all_tables, is_ours


def render_item(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """Migrations name no class of the project: it may be gone when they run. False lets Alembic decide."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def compare_type(
    _context: object, _inspected: object, _metadata: object, _found: TypeEngine[object], wanted: TypeEngine[object]
) -> bool | None:
    """None lets Alembic decide."""
    return False if isinstance(wanted, UtcDateTime) else None


connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=all_tables(),
    render_as_batch=True,  # SQLite cannot alter a column; Alembic copies the table
    render_item=render_item,
    compare_type=compare_type,
    include_name=is_ours,
)
context.run_migrations()
