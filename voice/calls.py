"""The customer's call as a row: made by its first effect, ended once, and then a ticket."""

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from voice import models, outbox
from voice.locks import lock_call
from voice.runtime import Runtime
from voice.states import CallEnd, Participation

STRONGEST = (  # what a call is remembered for, when several things happened
    CallEnd.ANSWERED,
    CallEnd.FORWARDED,
    CallEnd.CALLBACK_REQUESTED,
    CallEnd.VOICEMAIL,
    CallEnd.ABANDONED,
    CallEnd.MISSED,
    CallEnd.COMPLETED_IN_FLOW,
    CallEnd.BUSY,
    CallEnd.NO_ANSWER,
    CallEnd.REJECTED,
    CallEnd.CANCELLED,
    CallEnd.FAILED,
)

_MAKE: Final = {  # by whether it is SQLite
    True: sqlite.insert(models.Call).on_conflict_do_nothing(),
    False: postgresql.insert(models.Call).on_conflict_do_nothing(),
}
_MAKE_ONE: Final = {is_sqlite: make.returning(models.Call) for is_sqlite, make in _MAKE.items()}
_CALL_OF_LEG: Final = select(models.Call).where(
    models.Call.account_sid == bindparam("account_sid"), models.Call.call_sid == bindparam("leg_sid")
)
_CALL_OF_LEG_HELD: Final = _CALL_OF_LEG.with_for_update(key_share=True).execution_options(
    populate_existing=True
)
_OF_CALL: Final = (
    models.Waiting.merchant_id == bindparam("merchant"),
    models.Waiting.call_id == bindparam("of_call"),
)
_LAST_FIRST: Final = (models.Waiting.left_as.is_not(None), models.Waiting.entered_at.desc())
_LIVE_PLACE: Final = select(models.Waiting).where(*_OF_CALL, models.Waiting.left_as.is_(None))
_LAST_PLACE: Final = select(models.Waiting).where(*_OF_CALL).order_by(*_LAST_FIRST).limit(1)
_IS_OWNER: Final = (models.Participation.role == "owner", models.Participation.state != Participation.ENDED)
_OWNER: Final = select(models.Participation).where(
    models.Participation.merchant_id == bindparam("merchant"),
    models.Participation.call_id == bindparam("of_call"),
    *_IS_OWNER,
)
_LAST_PLACE_AND_OWNER: Final = (
    select(models.Waiting, models.Participation)
    .outerjoin(
        models.Participation,
        and_(
            models.Participation.merchant_id == models.Waiting.merchant_id,
            models.Participation.call_id == models.Waiting.call_id,
            *_IS_OWNER,
        ),
    )
    .where(*_OF_CALL)
    .order_by(*_LAST_FIRST)
    .limit(1)
)


class Facts(NamedTuple):
    """What every request about a call tells about it."""

    merchant_id: str
    call_id: str
    call_sid: str
    account_sid: str
    caller: str
    caller_name: str
    dialled: str
    flow_digest: str
    started_at: float


def ensure_call(tx: Session, facts: Facts) -> models.Call:
    """The call's row, locked for this decision, and made now when this is its first effect."""
    known = lock_call(tx, facts.merchant_id, facts.call_id)
    if known is not None:
        return known
    made = tx.scalar(_MAKE_ONE[_is_sqlite(tx)], _row(facts))
    made = made or lock_call(tx, facts.merchant_id, facts.call_id)  # or somebody else made it meanwhile
    if made is None:
        raise LookupError(f"call {facts.call_id} is neither there nor to be made")
    return made


def insert_calls(tx: Session, several: Sequence[Facts]) -> None:
    """Make the rows that are not there yet; in one order, so that two writers never wait for each other in a circle."""
    if not several:
        return
    rows = sorted(map(_row, several), key=lambda row: (row["merchant_id"], row["id"]))
    tx.execute(_MAKE[_is_sqlite(tx)], rows)


def _is_sqlite(tx: Session) -> bool:
    return tx.get_bind().dialect.name == "sqlite"


def _row(facts: Facts) -> dict[str, Any]:
    return dict(
        merchant_id=facts.merchant_id,
        id=facts.call_id,
        call_sid=facts.call_sid,
        account_sid=facts.account_sid,
        caller=facts.caller,
        caller_name=facts.caller_name,
        dialled=facts.dialled,
        flow_digest=facts.flow_digest,
        started_at=facts.started_at,
        answered_at=facts.started_at,
    )


def peek_call(tx: Session, account_sid: str, call_sid: str) -> models.Call | None:
    """The call of a customer's leg, for looking only."""
    return tx.scalar(_CALL_OF_LEG, {"account_sid": account_sid, "leg_sid": call_sid})


def find_call(tx: Session, account_sid: str, call_sid: str) -> models.Call | None:
    """The call of a customer's leg, locked for this decision."""
    return tx.scalar(_CALL_OF_LEG_HELD, {"account_sid": account_sid, "leg_sid": call_sid})


def merchant_of(tx: Session, merchants: Collection[str], call_id: str) -> str | None:
    """Whose call it is, of these merchants."""
    return tx.scalar(
        select(models.Call.merchant_id).where(
            models.Call.id == call_id, models.Call.merchant_id.in_(merchants)
        )
    )


def call_among(tx: Session, merchants: Collection[str], call_id: str) -> models.Call | None:
    """A call of one of these merchants, locked for this decision."""
    merchant_id = merchant_of(tx, merchants, call_id)
    return lock_call(tx, merchant_id, call_id) if merchant_id is not None else None


def is_known(call: models.Call) -> bool:
    """Whether the carrier's id of the customer's leg is known; until then a call that we dial carries its own."""
    return call.call_sid != call.id


def is_dialling(call: models.Call) -> bool:
    """Whether this is a call of ours that the customer has not taken yet."""
    return call.direction == "outbound" and call.outcome is None


def dialled_leg(tx: Session, account_sid: str, call_id: str, call_sid: str) -> models.Call | None:
    """The call for which we dialled this leg, locked; the first leg that tells of itself is the call's only one."""
    found = tx.execute(
        select(models.Call.merchant_id, models.Call.id).where(
            models.Call.id == call_id,
            models.Call.account_sid == account_sid,
            models.Call.direction == "outbound",
        )
    ).first()
    call = lock_call(tx, *found) if found is not None else None
    if call is not None and not is_known(call):
        call.call_sid = call_sid
        tx.flush()
    return call


def remember(call: models.Call, outcome: CallEnd) -> None:
    """Keep the strongest thing that happened to a call."""
    if call.outcome is None or STRONGEST.index(outcome) < STRONGEST.index(CallEnd(call.outcome)):
        call.outcome = outcome


def end_call(
    tx: Session,
    rt: Runtime,
    call: models.Call,
    hung_up_by: str,
    ended_as: CallEnd | None = None,
    ended_at: float | None = None,
) -> None:
    """The customer's leg is over: say how the call ended, once, and promise its ticket."""
    if call.ended_at is not None:
        return
    now = ended_at or rt.now()
    call.ended_at = now
    call.hung_up_by = call.hung_up_by or ("flow" if _said_goodbye(tx, call) else far_end(call, hung_up_by))
    call.ended_as = ended_as or call.outcome or CallEnd.COMPLETED_IN_FLOW
    rt.journal.write(
        tx, call.merchant_id, call.id, "call_ended", now, ended_as=call.ended_as, hung_up_by=call.hung_up_by
    )
    outbox.add(tx, rt, call.merchant_id, "open_ticket", call.id, now)


def far_end(call: models.Call, hung_up_by: str) -> str:
    """Who hung up, in the words of the call's direction: whom we dialled is a customer, not a caller."""
    return "customer" if hung_up_by == "caller" and call.direction == "outbound" else hung_up_by


def _said_goodbye(tx: Session, call: models.Call) -> bool:
    """Whether the last thing that the flow told of this call is that it ends."""
    last = tx.scalar(
        select(models.Event.kind)
        .where(
            models.Event.merchant_id == call.merchant_id,
            models.Event.call_id == call.id,
            models.Event.turn.is_not(None),
        )
        .order_by(models.Event.turn.desc(), models.Event.place.desc())
        .limit(1)
    )
    return last == "ending_triggered"


def live_waiting(tx: Session, call: models.Call) -> models.Waiting | None:
    """The caller's place in a queue, or in the talk that came of it, that has not been left."""
    return tx.scalar(_LIVE_PLACE, {"merchant": call.merchant_id, "of_call": call.id})


def last_waiting(tx: Session, call: models.Call) -> models.Waiting | None:
    """The last place that the caller took, left or not."""
    return last_waiting_of(tx, call.merchant_id, call.id)


def last_waiting_of(tx: Session, merchant_id: str, call_id: str) -> models.Waiting | None:
    """The same, for who has not the call's row."""
    return tx.scalar(_LAST_PLACE, {"merchant": merchant_id, "of_call": call_id})


def owner_of(tx: Session, merchant_id: str, call_id: str) -> models.Participation | None:
    """The live owner of a call's talk."""
    return tx.scalar(_OWNER, {"merchant": merchant_id, "of_call": call_id})


def place_and_owner(
    tx: Session, call: models.Call
) -> tuple[models.Waiting | None, models.Participation | None]:
    """The last place that the caller took, and the live owner of the talk that came of it: who had none has neither."""
    found = tx.execute(_LAST_PLACE_AND_OWNER, {"merchant": call.merchant_id, "of_call": call.id}).first()
    return (None, None) if found is None else (found[0], found[1])
