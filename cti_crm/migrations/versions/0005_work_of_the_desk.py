"""Recurring tasks, reminders, drafts, templates, dispositions of queues."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def moment(name: str, *, nullable: bool = True) -> "sa.Column[object]":
    """A column for a time."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _notes()
    _tasks()
    _dispositions()
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        moment("run_at", nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        moment("created_at", nullable=False),
        moment("failed_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index(op.f("ix_jobs_run_at"), "jobs", ["run_at"])


def _notes() -> None:
    with op.batch_alter_table("notes") as notes:
        notes.add_column(moment("finished_at"))
    op.execute("UPDATE notes SET finished_at = updated_at")
    op.create_table(
        "note_templates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("queues", JSON, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        moment("updated_at", nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_note_templates_changed_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_templates")),
    )


def _tasks() -> None:
    with op.batch_alter_table("tasks") as tasks:
        tasks.add_column(sa.Column("skipped", sa.Boolean(), nullable=False, server_default=sa.false()))
        tasks.add_column(sa.Column("recurrence", JSON, nullable=True))
        tasks.add_column(sa.Column("follows", sa.Uuid(), nullable=True))
        tasks.add_column(sa.Column("remind_minutes", sa.Integer(), nullable=True))
        tasks.add_column(moment("remind_at"))
        tasks.add_column(moment("reminded_at"))
        tasks.add_column(sa.Column("handed_by", sa.Uuid(), nullable=True))
        tasks.add_column(moment("handed_at"))
        tasks.add_column(sa.Column("handed_comment", sa.String(length=500), nullable=False, server_default=""))
        tasks.add_column(sa.Column("handed_seen", sa.Boolean(), nullable=False, server_default=sa.true()))
        tasks.create_unique_constraint(op.f("uq_tasks_follows"), ["follows"])
        tasks.create_foreign_key(op.f("fk_tasks_handed_by_users"), "users", ["handed_by"], ["id"])
    op.create_index(op.f("ix_tasks_remind_at"), "tasks", ["remind_at"])
    op.create_table(
        "reminder_mails",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_reminder_mails_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_reminder_mails")),
    )


def _dispositions() -> None:
    with op.batch_alter_table("dispositions") as dispositions:
        dispositions.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        dispositions.add_column(sa.Column("queues", JSON, nullable=False, server_default="[]"))
        dispositions.add_column(sa.Column("follow_up", sa.Boolean(), nullable=False, server_default=sa.false()))
        dispositions.add_column(sa.Column("follow_up_text", sa.String(length=500), nullable=False, server_default=""))
        dispositions.add_column(sa.Column("follow_up_due", sa.String(length=80), nullable=False, server_default=""))
        dispositions.add_column(sa.Column("changed_by", sa.Uuid(), nullable=True))
        dispositions.add_column(moment("changed_at"))
        dispositions.create_foreign_key(op.f("fk_dispositions_changed_by_users"), "users", ["changed_by"], ["id"])
    op.create_table(
        "required_dispositions",
        sa.Column("queue", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("queue", name=op.f("pk_required_dispositions")),
    )
