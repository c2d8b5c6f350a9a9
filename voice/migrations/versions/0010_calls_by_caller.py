"""Calls by caller"""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Forwards; there is no way back but the backup."""
    op.create_index("call_of_caller", "call", ["merchant_id", "caller", "started_at"], unique=False)
