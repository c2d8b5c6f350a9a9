"""Flows published"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Forwards; there is no way back but the backup."""
    op.create_table(
        "flow_publication",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("was_digest", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("published_at", sa.Float(precision=53), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("flow_publication_of_merchant", "flow_publication", ["merchant_id", "id"], unique=False)
    op.create_table(
        "flow_draft",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("e164", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("set_at", sa.Float(precision=53), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "e164"),
    )
