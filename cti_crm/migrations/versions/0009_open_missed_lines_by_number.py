"""Whether a caller waits to be called back is found by the number, however many wait."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_open = sa.text("closed_at IS NULL")
    op.create_index(
        "ix_missed_lines_open_number", "missed_lines", ["number"], sqlite_where=is_open, postgresql_where=is_open
    )
