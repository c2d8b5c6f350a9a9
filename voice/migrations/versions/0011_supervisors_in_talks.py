"""Supervisors in talks, and who set an agent's state"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Forwards; there is no way back but the backup."""
    op.create_table(
        "supervision",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("heard", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("leg_sid", sa.String(length=34), nullable=True),
        sa.Column("began_at", sa.Float(precision=53), nullable=False),
        sa.Column("joined_at", sa.Float(precision=53), nullable=True),
        sa.Column("ended_at", sa.Float(precision=53), nullable=True),
        sa.Column("until_at", sa.Float(precision=53), nullable=True),
        sa.Column("asked_at", sa.Float(precision=53), nullable=True),
        sa.ForeignKeyConstraint(["merchant_id", "call_id"], ["call.merchant_id", "call.id"]),
        sa.PrimaryKeyConstraint("merchant_id", "id"),
    )
    live = sa.text("state IN ('coming', 'in_room')")
    op.create_index(
        "supervision_one_per_person",
        "supervision",
        ["user_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_index("supervision_open", "supervision", ["state"], unique=False)
    op.create_index("supervision_of_call", "supervision", ["merchant_id", "call_id"], unique=False)
    op.create_index("supervision_of_leg", "supervision", ["leg_sid"], unique=False)
    op.add_column("agent", sa.Column("set_by", sa.Text(), server_default="", nullable=False))
