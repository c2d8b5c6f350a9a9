"""Which rows are over at a moment, and what else a round of the clock begins with: all that it asks each second.

Each is one statement, made once; the clock asks them together. Each gives the keys of rows: a merchant and an id, or
nothing and an agent's id.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Dialect,
    Float,
    Select,
    TextClause,
    and_,
    bindparam,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.sql.visitors import replacement_traverse

from routing.callbacks import Callback
from voice import models, supervisions
from voice.states import (
    OFFER_LIVE,
    PHONE_RING_LIVE,
    Action,
    Agent,
    Consult,
    Offer,
    OfferKind,
    Participation,
    Waiting,
)
from voice.who_waits import IN_VAIN, is_open

ACKNOWLEDGE_SECONDS = 3.0  # from the write to an open stream to the desk's answer
DELIVER_SECONDS = 5.0  # from the decision to the write
LEASE_SECONDS = 30.0  # a desk that answered no ping for so long is unreachable, also when push itself died
REQUEST_SECONDS = 5.0  # a request of ours that was not confirmed by then is looked at again
RECONCILE_SECONDS = 280.0  # with grace and asking, what was lost is made good within five minutes
RECONCILE = "reconcile "  # before an account's id: the beat that says when it was asked
AT_ONCE = 200

Due = Select[str, str]
_NOW = bindparam("now", type_=Float)


def _rows(table: type[models.Waiting | models.Participation | models.Offer], *where: Any) -> Due:
    return select(table.merchant_id, table.id).where(*where).limit(AT_ONCE)


def _agents(*where: Any) -> Due:
    return select(literal("").label("merchant_id"), models.Agent.id).where(*where).limit(AT_ONCE)


def together(every: Sequence[Due], dialect: Dialect) -> TextClause:
    """All of these in one statement, each row behind the number of its deadline.

    It is written out here, but for the moment: too long to be remembered, it would be put together anew each second.
    """
    parts = (rows.subquery() for rows in every)
    whole = union_all(*(select(literal(number), *part.c) for number, part in enumerate(parts)))
    open_: Any = replacement_traverse(whole, {}, _left_open)
    return text(str(open_.compile(dialect=dialect, compile_kwargs={"literal_binds": True})))


def _left_open(element: Any, **_: Any) -> Any:
    is_moment = isinstance(element, BindParameter) and element.key == _NOW.key
    return literal_column(":now") if is_moment else None


_OFFERED = models.Offer.state == Offer.OFFERED

UNANSWERED_RINGS: Final = _rows(
    models.Offer,
    or_(
        and_(models.Offer.state == Offer.RINGING, models.Offer.ring_until_at <= _NOW),
        and_(_OFFERED, models.Offer.pushed_at <= _NOW - ACKNOWLEDGE_SECONDS),
        and_(_OFFERED, models.Offer.pushed_at.is_(None), models.Offer.offered_at <= _NOW - DELIVER_SECONDS),
    ),
)
LATE_CLAIMS: Final = _rows(
    models.Waiting,
    models.Waiting.state.in_((Waiting.CLAIMED, Waiting.BRIDGING)),
    models.Waiting.until_at <= _NOW,
)
LONGEST_WAITS: Final = _rows(
    models.Waiting,
    models.Waiting.state.in_((Waiting.WAITING, Waiting.OFFERED)),
    models.Waiting.deadline_at <= _NOW,
    models.Waiting.left_as.is_(None),
)
_RUNG_IN_VAIN: Final = (
    select(models.Offer.id)
    .where(
        models.Offer.merchant_id == models.Waiting.merchant_id,
        models.Offer.waiting_id == models.Waiting.id,
        models.Offer.state.in_(IN_VAIN),
    )
    .correlate(models.Waiting)
    .exists()
)
# Whether that was everybody, only the plan says (candidates.everybody_was_rung); of those meant by name nobody may be there.
MAYBE_ALL_TRIED: Final = _rows(
    models.Waiting,
    models.Waiting.state == Waiting.WAITING,
    models.Waiting.gives_up.is_(True),
    models.Waiting.left_as.is_(None),
    or_(text(models.RUNG), _RUNG_IN_VAIN),
)


def _there(of_queue: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an agent of some queues is there for a caller, or left so lately that the caller waits on all the same."""
    waiting, member, agent = models.Waiting, models.QueueMember, models.Agent
    return (
        select(agent.id)
        .join(member, member.agent_id == agent.id)
        .where(
            member.merchant_id == waiting.merchant_id,
            of_queue,
            or_(
                agent.state.not_in((Agent.OFFLINE, Agent.UNREACHABLE, Agent.AWAY)),
                and_(agent.state == Agent.AWAY, waiting.stays_if == "signed_in"),
                agent.since_at > _NOW - waiting.stays_seconds,
            ),
        )
        .correlate(waiting)
        .exists()
    )


_QUEUE_OF_MEMBER = models.QueueMember.queue.expression
DESERTED: Final = _rows(
    models.Waiting,
    models.Waiting.state == Waiting.WAITING,
    models.Waiting.left_as.is_(None),
    models.Waiting.is_callback.is_(False),
    models.Waiting.stays_if != "",
    models.Waiting.entered_at <= _NOW - models.Waiting.stays_seconds,
    ~_there(models.Waiting.queue == _QUEUE_OF_MEMBER),
    or_(
        models.Waiting.helpers == "",
        # The name between spaces is in the row's helpers when taking it out leaves less; both stores can do that.
        ~_there(
            func.replace(models.Waiting.helpers, literal(" ") + _QUEUE_OF_MEMBER + " ", "")
            != models.Waiting.helpers
        ),
    ),
)
LOST_LEGS: Final = _rows(
    models.Participation,
    models.Participation.until_at <= _NOW,
    models.Participation.state.in_((Participation.TALKING, Participation.VANISHED)),
)
LINGERING_LEGS: Final = _rows(
    models.Participation,
    models.Participation.until_at <= _NOW,
    models.Participation.state == Participation.ENDED,
)
LATE_PHONES: Final = (
    select(models.PhoneRing.merchant_id, models.PhoneRing.id)
    .where(models.PhoneRing.state.in_(PHONE_RING_LIVE), models.PhoneRing.until_at <= _NOW)
    .limit(AT_ONCE)
)
CALLBACKS: Final = (
    select(models.Callback.merchant_id, models.Callback.id)
    .where(
        models.Callback.state.in_((Callback.RESTING, Callback.IN_LINE)),
        models.Callback.next_at <= _NOW,
    )
    .limit(AT_ONCE)
)
_COLLEAGUE_RINGS: Final = (
    select(models.Offer.id)
    .where(
        models.Offer.merchant_id == models.Consult.merchant_id,
        models.Offer.call_id == models.Consult.call_id,
        models.Offer.kind == OfferKind.ASKED,
        models.Offer.state.in_(OFFER_LIVE),
    )
    .correlate(models.Consult)
    .exists()
)
_NUMBER_RINGS: Final = (
    select(models.PhoneRing.id)
    .where(
        models.PhoneRing.merchant_id == models.Consult.merchant_id,
        models.PhoneRing.call_id == models.Consult.call_id,
        models.PhoneRing.consult_id == models.Consult.id,
        models.PhoneRing.state.in_(PHONE_RING_LIVE),
    )
    .correlate(models.Consult)
    .exists()
)
UNDECIDED_ASKINGS: Final = (  # who is asked did not come in time, or is not rung any more
    select(models.Consult.merchant_id, models.Consult.call_id)
    .where(
        models.Consult.state.in_((Consult.HOLDING, Consult.RINGING)),
        or_(
            models.Consult.until_at <= _NOW,
            and_(models.Consult.state == Consult.RINGING, ~_COLLEAGUE_RINGS, ~_NUMBER_RINGS),
        ),
    )
    .order_by(func.coalesce(models.Consult.until_at, 0.0))
    .limit(AT_ONCE)
)
SUPERVISIONS: Final = supervisions.DUE.limit(AT_ONCE)
WRITTEN_NOTES: Final = _agents(models.Agent.state == Agent.WRAP_UP, models.Agent.until_at <= _NOW)
SILENT_DESKS: Final = _agents(
    models.Agent.state.in_((Agent.AVAILABLE, Agent.RINGING, Agent.WRAP_UP)),
    models.Agent.seen_at <= _NOW - LEASE_SECONDS,
    models.Agent.on_phone.is_(False),  # whose calls come to an ordinary phone needs no desk
)
OPEN_QUEUES: Final = (  # where desks could be rung for somebody now
    select(models.Waiting.merchant_id, models.Waiting.queue).where(is_open()).distinct()
)
UNCONFIRMED: Final = (
    select(models.Action.merchant_id, models.Action.id)
    .where(
        models.Action.state.in_((Action.INTENDED, Action.SENT)),
        models.Action.lease_until_at < _NOW,
        models.Action.created_at < _NOW - REQUEST_SECONDS,
    )
    .limit(AT_ONCE)
)
ASKED_ACCOUNTS: Final = select(literal("").label("merchant_id"), models.Beat.name).where(
    models.Beat.name.startswith(RECONCILE), models.Beat.at > _NOW - RECONCILE_SECONDS
)


def ring_is_over(offer: models.Offer, now: float) -> str | None:
    """How a ring has ended by now; None while it goes on."""
    if offer.state == Offer.RINGING:
        return "rang_out" if (offer.ring_until_at or 0.0) <= now else None
    if offer.pushed_at is not None:
        return "unacknowledged" if offer.pushed_at + ACKNOWLEDGE_SECONDS <= now else None
    return "undelivered" if offer.offered_at + DELIVER_SECONDS <= now else None
