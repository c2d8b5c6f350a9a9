"""Calling back"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Forwards; there is no way back but the backup."""
    op.create_table(
        "callback",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_at", sa.Float(precision=53), nullable=False),
        sa.Column("asked_at", sa.Float(precision=53), nullable=False),
        sa.Column("next_at", sa.Float(precision=53), nullable=False),
        sa.Column("expires_at", sa.Float(precision=53), nullable=False),
        sa.Column("delay_seconds", sa.Float(precision=53), nullable=False),
        sa.Column("retry_seconds", sa.Float(precision=53), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("attempts_made", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("last_result", sa.Text(), nullable=False),
        sa.Column("left_as", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id", "call_id"], ["call.merchant_id", "call.id"]),
        sa.PrimaryKeyConstraint("merchant_id", "id"),
    )
    is_open = sa.text("state IN ('asked', 'dialling', 'in_line', 'resting')")
    op.create_index(
        "callback_one_per_number",
        "callback",
        ["merchant_id", "queue", "number"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index("callback_due", "callback", ["state", "next_at"], unique=False)
    op.create_index("callback_of_call", "callback", ["merchant_id", "call_id"], unique=False)
    op.add_column("call", sa.Column("callback_of", sa.Text(), nullable=True))
    op.create_index("call_of_callback", "call", ["merchant_id", "callback_of"], unique=False)
    op.add_column(
        "waiting", sa.Column("is_callback", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("waiting", sa.Column("resumed_by", sa.Text(), nullable=True))
    op.create_index("waiting_of_call", "waiting", ["merchant_id", "call_id"], unique=False)
