"""Changes that wait for a press, who approved them, and what is frozen or locked."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables."""
    _proposals()
    _approvals()
    _holds()


def _proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("remind_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("reminded", sa.Boolean(), nullable=False),
        sa.Column("broken_glass", sa.Boolean(), nullable=False),
        sa.Column("replica", sa.Text()),
        sa.Column("heard_at", sa.BigInteger()),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Boolean(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("closed_by", sa.LargeBinary()),
        sa.Column("message_channel", sa.Text()),
        sa.Column("message_ts", sa.Text()),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ticket", name="pk_proposals"),
    )
    op.create_index("ix_proposals_closed_at", "proposals", ["closed_at", "ticket", "size"])
    op.create_index("ix_proposals_stage", "proposals", ["stage", "expires_at"])


def _approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("vote", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ticket", "record", name="pk_approvals"),
        sa.ForeignKeyConstraint(
            ["ticket"], ["proposals.ticket"], name="fk_approvals_ticket", ondelete="CASCADE"
        ),
    )


def _holds() -> None:
    op.create_table(
        "holds",
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.Column("by", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("context", "namespace", "resource", "name", name="pk_holds"),
    )
    op.create_index("ix_holds_until", "holds", ["until"])
