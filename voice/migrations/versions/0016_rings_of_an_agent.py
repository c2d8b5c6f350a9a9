"""What an agent was offered lately is found without reading all offers that there ever were"""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Forwards; there is no way back but the backup."""
    op.create_index("offer_of_agent", "offer", ["agent_id", "offered_at"])
