"""Tables of the search: what each contact, organisation and note is found by, and how words may be misspelt.

One table of tokens on both databases, with the index each of them has built in: an FTS5 table that triggers keep on
SQLite, a GIN index on PostgreSQL. Neither needs an extension or a right that a table does not need.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Connection, ForeignKey, Integer, String, Table, Text, event
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from cti_crm.infrastructure.database import Base

INDEX = "search_index"
"""The name of the FTS5 table, with which those of its own tables begin, and of the GIN index."""

# detail=none: which rows hold a token, not where in them; that is all that is asked, and a third of the size.
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


class SearchEntry(Base):
    """What one contact, organisation or note is found by: `tokens` of `search_words.py`, separated by blanks.

    note_id: no foreign key, for contacts know nothing of notes. What points to a note that is gone finds nothing.
    """

    __tablename__ = "search_entries"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), unique=True)
    organization_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), unique=True
    )
    note_id: Mapped[UUID | None] = mapped_column(unique=True)
    tokens: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR, "postgresql"))


class SearchSpelling(Base):
    """A key under which a word of names is found although it was typed otherwise; see `search_words.spellings`.

    Words that nobody bears any more stay: they find nothing, and cost a few bytes.
    """

    __tablename__ = "search_spellings"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own convention

    key: Mapped[str] = mapped_column(String(50).with_variant(String(50, collation="C"), "postgresql"), primary_key=True)
    word: Mapped[str] = mapped_column(String(50), primary_key=True)


@event.listens_for(SearchEntry.__table__, "after_create")
def _make_index(_table: Table, connection: Connection, **_options: Any) -> None:
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.exec_driver_sql(statement)
