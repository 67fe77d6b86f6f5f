"""Teams, do-not-disturb, wrap-up time, and queues to come back to."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agents", sa.Column("team", sa.String(length=80), nullable=False, server_default=""))
    op.add_column("agents", sa.Column("do_not_disturb", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("agents", sa.Column("wrap_up_until", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "agent_queues",
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("pbx", sa.String(length=32), nullable=False),
        sa.Column("queue", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_agent_queues_agent_id_agents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agent_id", "pbx", "queue", name=op.f("pk_agent_queues")),
    )
