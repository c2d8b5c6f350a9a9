"""Teams"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Forwards; there is no way back but the backup."""
    op.create_table(
        "team",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "name"),
    )
    op.create_table(
        "team_member",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("team", sa.String(length=80), nullable=False),
        sa.Column("agent_id", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id", "team"],
            ["team.merchant_id", "team.name"],
        ),
        sa.PrimaryKeyConstraint("merchant_id", "team", "agent_id"),
    )
    op.create_table(
        "team_queue",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("team", sa.String(length=80), nullable=False),
        sa.Column("queue", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id", "team"],
            ["team.merchant_id", "team.name"],
        ),
        sa.PrimaryKeyConstraint("merchant_id", "team", "queue"),
    )
