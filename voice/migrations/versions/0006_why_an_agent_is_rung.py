"""Why an agent is rung"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Forwards; there is no way back but the backup."""
    op.add_column("offer", sa.Column("kind", sa.Text(), server_default="queue", nullable=False))
