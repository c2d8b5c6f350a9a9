"""What flows ask and send"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Forwards; there is no way back but the backup."""
    op.create_table(
        "reply",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.Float(precision=53), nullable=False),
        sa.Column("until_at", sa.Float(precision=53), nullable=False),
        sa.Column("replied_at", sa.Float(precision=53), nullable=True),
        sa.Column("saved", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id", "call_id"], ["call.merchant_id", "call.id"]),
        sa.PrimaryKeyConstraint("merchant_id", "call_id", "turn"),
    )
    op.create_table(
        "text_message",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("from_number", sa.Text(), nullable=False),
        sa.Column("to_number", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Float(precision=53), nullable=False),
        sa.Column("sent_at", sa.Float(precision=53), nullable=True),
        sa.Column("message_sid", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id", "call_id"], ["call.merchant_id", "call.id"]),
        sa.PrimaryKeyConstraint("merchant_id", "id"),
    )
    op.create_index("text_message_of_call", "text_message", ["merchant_id", "call_id"], unique=False)
