"""How callers are routed, and recordings that are erased"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Forwards; there is no way back but the backup."""
    for column in (
        sa.Column("record_side", sa.Text(), server_default="", nullable=False),
        sa.Column("strategy", sa.Text(), server_default="longest_idle", nullable=False),
        sa.Column("gives_up", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("plan", sa.JSON(), server_default="{}", nullable=False),
    ):
        op.add_column("waiting", column)
    op.add_column("recording", sa.Column("erased_at", sa.Float(precision=53), nullable=True))
    op.create_index(
        "recording_kept", "recording", ["merchant_id", "kind", "state", "started_at"], unique=False
    )
