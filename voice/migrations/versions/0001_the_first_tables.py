"""The first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Forwards; there is no way back but the backup."""
    op.create_table(
        "agent",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("identity", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since_at", sa.Float(precision=53), nullable=False),
        sa.Column("until_at", sa.Float(precision=53), nullable=True),
        sa.Column("not_before_at", sa.Float(precision=53), nullable=False),
        sa.Column("next_state", sa.Text(), nullable=False),
        sa.Column("last_offer_at", sa.Float(precision=53), nullable=False),
        sa.Column("seen_at", sa.Float(precision=53), nullable=False),
        sa.Column("desk_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("identity"),
    )
    op.create_index("agent_state", "agent", ["state"], unique=False)
    op.create_table(
        "beat",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "call",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("call_sid", sa.String(length=34), nullable=False),
        sa.Column("account_sid", sa.String(length=34), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("caller_name", sa.Text(), nullable=False),
        sa.Column("dialled", sa.Text(), nullable=False),
        sa.Column("flow_digest", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Float(precision=53), nullable=False),
        sa.Column("answered_at", sa.Float(precision=53), nullable=True),
        sa.Column("ended_at", sa.Float(precision=53), nullable=True),
        sa.Column("ended_as", sa.Text(), nullable=True),
        sa.Column("hung_up_by", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("waited_seconds", sa.Float(precision=53), nullable=True),
        sa.Column("queue", sa.Text(), nullable=True),
        sa.Column("status_rank", sa.Integer(), nullable=False),
        sa.Column("status_sequence", sa.Integer(), nullable=False),
        sa.Column("next_assignment", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "id"),
    )
    op.create_index("call_once", "call", ["account_sid", "call_sid"], unique=True)
    op.create_index("call_open", "call", ["ended_at"], unique=False)
    op.create_index("call_started", "call", ["merchant_id", "started_at"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("event_at", "event", ["merchant_id", "at"], unique=False)
    op.create_index("event_of_call", "event", ["merchant_id", "call_id", "at"], unique=False)
    op.create_index("event_once_per_turn", "event", ["merchant_id", "call_id", "turn", "place"], unique=True)
    op.create_table(
        "flow_version",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published_at", sa.Float(precision=53), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "digest"),
    )
    op.create_table(
        "login_session",
        sa.Column("token_hash", sa.String(length=80), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Float(precision=53), nullable=False),
        sa.Column("seen_at", sa.Float(precision=53), nullable=False),
        sa.Column("expires_at", sa.Float(precision=53), nullable=False),
        sa.Column("revoked_at", sa.Float(precision=53), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_table(
        "membership",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("user_id", sa.String(length=80), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "user_id"),
    )
    op.create_table(
        "merchant",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("twilio_account_id", sa.Text(), nullable=False),
        sa.Column("live_digest", sa.Text(), nullable=True),
        sa.Column("flow_fault", sa.Text(), nullable=True),
        sa.Column("next_ticket_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "number",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("e164", sa.String(length=80), nullable=False),
        sa.Column("twilio_account_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "e164"),
    )
    op.create_index("number_once", "number", ["e164"], unique=True)
    op.create_table(
        "outbox",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Float(precision=53), nullable=False),
        sa.Column("next_at", sa.Float(precision=53), nullable=False),
        sa.Column("lease_until_at", sa.Float(precision=53), nullable=False),
        sa.Column("rung_at", sa.Float(precision=53), nullable=False),
        sa.Column("done_at", sa.Float(precision=53), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "id"),
    )
    op.create_index("outbox_by_id", "outbox", ["id"], unique=True)
    op.create_index("outbox_once", "outbox", ["merchant_id", "kind", "subject_id"], unique=True)
    op.create_index("outbox_open", "outbox", ["state", "next_at"], unique=False)
    op.create_table(
        "queue_member",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("queue", sa.String(length=80), nullable=False),
        sa.Column("agent_id", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "queue", "agent_id"),
    )
    op.create_table(
        "twilio_account",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("account_sid", sa.String(length=34), nullable=False),
        sa.Column("secrets_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("api_key_sid", sa.Text(), nullable=False),
        sa.Column("app_sid", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("edge", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_sid"),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Float(precision=53), nullable=False),
        sa.Column("disabled_at", sa.Float(precision=53), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
    )
    op.create_table(
        "action",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Float(precision=53), nullable=False),
        sa.Column("lease_until_at", sa.Float(precision=53), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id", "call_id"],
            ["call.merchant_id", "call.id"],
        ),
        sa.PrimaryKeyConstraint("merchant_id", "id"),
    )
    op.create_index("action_open", "action", ["state", "lease_until_at"], unique=False)
    op.create_table(
        "offer",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("waiting_id", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("offered_at", sa.Float(precision=53), nullable=False),
        sa.Column("pushed_at", sa.Float(precision=53), nullable=True),
        sa.Column("rang_at", sa.Float(precision=53), nullable=True),
        sa.Column("ring_until_at", sa.Float(precision=53), nullable=True),
        sa.Column("ended_at", sa.Float(precision=53), nullable=True),
        sa.ForeignKeyConstraint(
            ["merchant_id", "call_id"],
            ["call.merchant_id", "call.id"],
        ),
        sa.PrimaryKeyConstraint("merchant_id", "id"),
    )
    op.create_index("offer_by_caller", "offer", ["merchant_id", "waiting_id"], unique=False)
    op.create_index(
        "offer_one_claim_per_caller",
        "offer",
        ["merchant_id", "waiting_id"],
        unique=True,
        sqlite_where=sa.text("state = 'accepted'"),
        postgresql_where=sa.text("state = 'accepted'"),
    )
    op.create_index(
        "offer_one_live_per_agent",
        "offer",
        ["agent_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('accepted', 'offered', 'ringing')"),
        postgresql_where=sa.text("state IN ('accepted', 'offered', 'ringing')"),
    )
    op.create_table(
        "participation",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("waiting_id", sa.Text(), nullable=True),
        sa.Column("offer_id", sa.Text(), nullable=True),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("assignment", sa.Integer(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("leg_sid", sa.Text(), nullable=False),
        sa.Column("room_sid", sa.Text(), nullable=True),
        sa.Column("began_at", sa.Float(precision=53), nullable=False),
        sa.Column("joined_at", sa.Float(precision=53), nullable=True),
        sa.Column("ended_at", sa.Float(precision=53), nullable=True),
        sa.Column("held_at", sa.Float(precision=53), nullable=True),
        sa.Column("until_at", sa.Float(precision=53), nullable=True),
        sa.Column("end_asked_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["merchant_id", "call_id"],
            ["call.merchant_id", "call.id"],
        ),
        sa.PrimaryKeyConstraint("merchant_id", "id"),
    )
    op.create_index("participation_due", "participation", ["state", "until_at"], unique=False)
    op.create_index("participation_of_agent", "participation", ["agent_id", "ended_at"], unique=False)
    op.create_index(
        "participation_one_owner",
        "participation",
        ["merchant_id", "call_id"],
        unique=True,
        sqlite_where=sa.text("role = 'owner' AND state IN ('joining', 'talking', 'vanished')"),
        postgresql_where=sa.text("role = 'owner' AND state IN ('joining', 'talking', 'vanished')"),
    )
    op.create_index(
        "participation_one_per_agent",
        "participation",
        ["agent_id"],
        unique=True,
        sqlite_where=sa.text("role <> 'listener' AND state IN ('joining', 'talking', 'vanished')"),
        postgresql_where=sa.text("role <> 'listener' AND state IN ('joining', 'talking', 'vanished')"),
    )
    op.create_index("participation_room", "participation", ["room"], unique=False)
    op.create_table(
        "recording",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("recording_sid", sa.String(length=34), nullable=False),
        sa.Column("account_sid", sa.String(length=34), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("channels", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(precision=53), nullable=True),
        sa.Column("started_at", sa.Float(precision=53), nullable=True),
        sa.Column("stored_at", sa.Float(precision=53), nullable=True),
        sa.Column("original_key", sa.Text(), nullable=True),
        sa.Column("original_sha256", sa.Text(), nullable=True),
        sa.Column("original_bytes", sa.Integer(), nullable=True),
        sa.Column("playable_key", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id", "call_id"],
            ["call.merchant_id", "call.id"],
        ),
        sa.PrimaryKeyConstraint("merchant_id", "id"),
    )
    op.create_index("recording_of_call", "recording", ["merchant_id", "call_id"], unique=False)
    op.create_index("recording_once", "recording", ["account_sid", "recording_sid"], unique=True)
    op.create_table(
        "ticket",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Float(precision=53), nullable=False),
        sa.Column("changed_at", sa.Float(precision=53), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("flow_digest", sa.Text(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id", "call_id"],
            ["call.merchant_id", "call.id"],
        ),
        sa.PrimaryKeyConstraint("merchant_id", "id"),
    )
    op.create_index("ticket_number", "ticket", ["merchant_id", "number"], unique=True)
    op.create_index("ticket_once_per_call", "ticket", ["merchant_id", "call_id"], unique=True)
    op.create_table(
        "turn_answer",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Float(precision=53), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id", "call_id"],
            ["call.merchant_id", "call.id"],
        ),
        sa.PrimaryKeyConstraint("merchant_id", "call_id", "turn"),
    )
    op.create_table(
        "waiting",
        sa.Column("merchant_id", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_at", sa.Float(precision=53), nullable=False),
        sa.Column("entered_at", sa.Float(precision=53), nullable=False),
        sa.Column("rank_at", sa.Float(precision=53), nullable=False),
        sa.Column("head_at", sa.Float(precision=53), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("offers_made", sa.Integer(), nullable=False),
        sa.Column("last_agent_id", sa.Text(), nullable=True),
        sa.Column("proved_at", sa.Float(precision=53), nullable=True),
        sa.Column("deadline_at", sa.Float(precision=53), nullable=False),
        sa.Column("until_at", sa.Float(precision=53), nullable=True),
        sa.Column("ring_seconds", sa.Float(precision=53), nullable=False),
        sa.Column("wrap_up_seconds", sa.Float(precision=53), nullable=False),
        sa.Column("session", sa.LargeBinary(), nullable=False),
        sa.Column("place_said_at", sa.Float(precision=53), nullable=True),
        sa.Column("exit_keys", sa.Text(), nullable=False),
        sa.Column("record", sa.Boolean(), nullable=False),
        sa.Column("left_as", sa.Text(), nullable=True),
        sa.Column("left_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id", "call_id"],
            ["call.merchant_id", "call.id"],
        ),
        sa.PrimaryKeyConstraint("merchant_id", "id"),
    )
    op.create_index("waiting_due", "waiting", ["state", "until_at"], unique=False)
    op.create_index(
        "waiting_once_per_call",
        "waiting",
        ["merchant_id", "call_id"],
        unique=True,
        sqlite_where=sa.text("left_as IS NULL"),
        postgresql_where=sa.text("left_as IS NULL"),
    )
    op.create_index("waiting_open", "waiting", ["merchant_id", "queue", "state"], unique=False)
