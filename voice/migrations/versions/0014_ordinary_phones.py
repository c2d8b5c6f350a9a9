"""Ordinary phones"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Forwards; there is no way back but the backup."""
    op.create_table(
        "phone_ring",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("offer_id", sa.Text(), nullable=True),
        sa.Column("consult_id", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("leg_sid", sa.String(length=34), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_at", sa.Float(precision=53), nullable=False),
        sa.Column("until_at", sa.Float(precision=53), nullable=False),
        sa.Column("whispers", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["merchant_id", "call_id"], ["call.merchant_id", "call.id"]),
        sa.PrimaryKeyConstraint("merchant_id", "id"),
    )
    live = sa.text("state IN ('ordered', 'picked_up', 'ringing')")
    op.create_index(
        "phone_ring_one_per_offer",
        "phone_ring",
        ["offer_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_index("phone_ring_by_id", "phone_ring", ["id"], unique=True)
    op.create_index("phone_ring_due", "phone_ring", ["state", "until_at"], unique=False)
    op.create_index("phone_ring_of_call", "phone_ring", ["merchant_id", "call_id"], unique=False)
    op.create_index("phone_ring_leg", "phone_ring", ["leg_sid"], unique=False)
    for table in ("agent", "offer", "participation"):
        op.add_column(table, sa.Column("phone", sa.Text(), server_default="", nullable=False))
    op.add_column("agent", sa.Column("on_phone", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("agent", sa.Column("phone_fault", sa.Text(), server_default="", nullable=False))
