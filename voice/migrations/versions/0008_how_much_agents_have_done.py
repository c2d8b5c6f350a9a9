"""How much agents have done"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Forwards; there is no way back but the backup."""
    op.add_column("agent", sa.Column("calls_taken", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "agent", sa.Column("talk_seconds", sa.Float(precision=53), server_default="0", nullable=False)
    )
