"""Numbers marked as spam, and our own mobiles."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spam_numbers",
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("marked_by", sa.Uuid(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["marked_by"], ["users.id"], name=op.f("fk_spam_numbers_marked_by_users")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_spam_numbers")),
    )
    op.create_table(
        "own_mobiles",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_own_mobiles_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_own_mobiles")),
        sa.UniqueConstraint("number", name=op.f("uq_own_mobiles_number")),
    )
