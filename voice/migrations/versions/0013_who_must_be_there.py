"""Who must be there for callers to wait on, and teams that flows name"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Forwards; there is no way back but the backup."""
    for column in (
        sa.Column("stays_if", sa.Text(), server_default="", nullable=False),
        sa.Column("stays_seconds", sa.Float(precision=53), server_default="0", nullable=False),
        sa.Column("helpers", sa.Text(), server_default="", nullable=False),
    ):
        op.add_column("waiting", column)
    op.add_column("team_queue", sa.Column("by_flow", sa.Boolean(), server_default=sa.false(), nullable=False))
