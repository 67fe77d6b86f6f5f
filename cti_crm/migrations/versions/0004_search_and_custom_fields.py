"""Search that forgives, custom fields, the bin, and numbers that are not to be called.

The search index of what is there already is filled by the service, in the background, while it runs.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SQLITE = (
    "CREATE VIRTUAL TABLE search_index USING fts5(tokens, content='search_entries', content_rowid='id', "
    "tokenize='ascii', detail='none', columnsize=0)",
    "CREATE TRIGGER search_entries_added AFTER INSERT ON search_entries BEGIN "
    "INSERT INTO search_index(rowid, tokens) VALUES (new.id, new.tokens); END",
    "CREATE TRIGGER search_entries_removed AFTER DELETE ON search_entries BEGIN "
    "INSERT INTO search_index(search_index, rowid, tokens) VALUES ('delete', old.id, old.tokens); END",
    "CREATE TRIGGER search_entries_changed AFTER UPDATE OF tokens ON search_entries BEGIN "
    "INSERT INTO search_index(search_index, rowid, tokens) VALUES ('delete', old.id, old.tokens); "
    "INSERT INTO search_index(rowid, tokens) VALUES (new.id, new.tokens); END",
)
_POSTGRESQL = ("CREATE INDEX search_index ON search_entries USING gin (tokens)",)


def _json() -> sa.types.TypeEngine[Any]:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    for table in ("contacts", "organizations"):
        op.add_column(table, sa.Column("custom", _json(), nullable=False, server_default="{}"))
    op.add_column("contacts", sa.Column("language", sa.String(length=8), nullable=False, server_default=""))
    op.add_column("phone_numbers", sa.Column("do_not_call", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column(
        "phone_numbers", sa.Column("do_not_call_reason", sa.String(length=200), nullable=False, server_default="")
    )
    of_a_firm = sa.text("organization_id IS NOT NULL")
    index = op.f("ix_phone_numbers_organization_id")
    op.drop_index(index, "phone_numbers")
    op.create_index(index, "phone_numbers", ["organization_id"], sqlite_where=of_a_firm, postgresql_where=of_a_firm)
    op.create_table(
        "custom_fields",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("choices", _json(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_fields")),
        sa.UniqueConstraint("entity", "key", name=op.f("uq_custom_fields_entity_key")),
    )
    op.create_table(
        "bin",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("document", _json(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bin")),
    )
    op.create_index(op.f("ix_bin_deleted_at"), "bin", ["deleted_at"])
    _make_search()


def _make_search() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "search_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("note_id", sa.Uuid(), nullable=True),
        sa.Column("tokens", sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_search_entries_contact_id_contacts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_search_entries_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entries")),
        sa.UniqueConstraint("contact_id", name=op.f("uq_search_entries_contact_id")),
        sa.UniqueConstraint("organization_id", name=op.f("uq_search_entries_organization_id")),
        sa.UniqueConstraint("note_id", name=op.f("uq_search_entries_note_id")),
    )
    op.create_table(
        "search_spellings",
        sa.Column(
            "key", sa.String(length=50).with_variant(sa.String(length=50, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("word", sa.String(length=50), nullable=False),
        sa.PrimaryKeyConstraint("key", "word", name=op.f("pk_search_spellings")),
        sqlite_with_rowid=False,
    )
    for statement in _SQLITE if sqlite else _POSTGRESQL:
        op.execute(statement)
