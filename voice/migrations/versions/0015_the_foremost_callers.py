"""The foremost callers of a queue are found without sorting all of them"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Forwards; there is no way back but the backup."""
    for name, columns, condition in (
        ("waiting_foremost", ["merchant_id", "queue", "rank_at", "id"], "left_as IS NULL"),
        ("waiting_at_head", ["merchant_id", "queue"], "left_as IS NULL AND head_at IS NOT NULL"),
        ("waiting_rung", ["id"], "substr(queue, 1, 1) = '@'"),
    ):
        where = sa.text(condition)
        op.create_index(name, "waiting", columns, sqlite_where=where, postgresql_where=where)
    op.create_index("waiting_by_id", "waiting", ["id"])
