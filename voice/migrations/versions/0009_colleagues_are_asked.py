"""Colleagues are asked"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Forwards; there is no way back but the backup."""
    op.create_table(
        "consult",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("from_agent_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_at", sa.Float(precision=53), nullable=False),
        sa.Column("until_at", sa.Float(precision=53), nullable=True),
        sa.Column("tried", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id", "call_id"], ["call.merchant_id", "call.id"]),
        sa.PrimaryKeyConstraint("merchant_id", "id"),
    )
    live = sa.text("state IN ('consulting', 'holding', 'ringing', 'together')")
    op.create_index(
        "consult_one_per_call",
        "consult",
        ["merchant_id", "call_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_index("consult_open", "consult", ["state"], unique=False)
    op.create_index("consult_of_call", "consult", ["merchant_id", "call_id", "state_at"], unique=False)
