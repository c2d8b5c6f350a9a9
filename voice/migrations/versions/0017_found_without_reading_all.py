"""What a call asks for is found without reading a merchant's whole past"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Forwards; there is no way back but the backup."""
    for name, table, columns in (
        ("participation_at_agent", "participation", ["agent_id", "state"]),
        ("participation_of_call", "participation", ["merchant_id", "call_id"]),
        ("participation_of_leg", "participation", ["leg_sid"]),
        ("participation_by_id", "participation", ["id"]),
        ("waiting_in_state", "waiting", ["state", "merchant_id", "queue", "state_at"]),
        ("offer_live", "offer", ["state", "agent_id"]),
        ("offer_of_call", "offer", ["merchant_id", "call_id"]),
        ("offer_by_id", "offer", ["id"]),
        ("action_of_call", "action", ["merchant_id", "call_id"]),
        ("callback_of_number", "callback", ["merchant_id", "number"]),
        ("callback_open", "callback", ["merchant_id", "state"]),
        ("supervision_of_person", "supervision", ["user_id", "began_at"]),
        ("supervision_by_id", "supervision", ["id"]),
    ):
        op.create_index(name, table, columns)
    op.drop_index("waiting_open", "waiting")
    op.drop_index("consult_of_call", "consult")
    op.create_index("consult_of_call", "consult", ["call_id", "merchant_id", "state_at"])
    where = sa.text("kind IN ('dialled', 'forwarded', 'number_asked', 'phone_rung')")
    op.create_index(
        "event_dialled", "event", ["merchant_id", "at"], sqlite_where=where, postgresql_where=where
    )
