"""What desks are drawn from, as plain rows of SQL: mostly one question for all of them, and one for each kind of more.

A row has the agent's columns by their names, the ring's as offer_, its caller's place as place_, the talk's as talk_,
and their calls' as of_offer_ and of_talk_; what there is none of is null. The `has_` columns say what is worth
another question. Statements are made once: making one takes longer than carrying it out.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Table,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import Session

from panel.askings import SHOWN
from panel.calls_out import OWN
from voice import models
from voice.states import (
    AGENT_FREE,
    OFFER_LIVE,
    PARTICIPATION_LIVE,
    Role,
    Supervision,
)

Key = tuple[str, str]  # merchant, call
PATH_KINDS = (
    "menu_presented", "option_selected", "no_input", "no_match", "hours_checked", "enqueued", "requeued", "declined",
    "rang_out", "unacknowledged", "connect_failed", "agent_vanished", "flow_failed", "ticket_filled",
    "language_changed",
)  # fmt: skip


def _table(model: type[models.Base]) -> Table:
    return cast(Table, model.__table__)


_AGENT, _OFFER, _PLACE, _TALK = map(
    _table, (models.Agent, models.Offer, models.Waiting, models.Participation)
)
_CALL, _MERCHANT, _EVENT = _table(models.Call), _table(models.Merchant), _table(models.Event)
_CONSULT, _SUPERVISION = _table(models.Consult), _table(models.Supervision)
_CALLBACK, _TICKET = _table(models.Callback), _table(models.Ticket)
_OFFER_CALL, _TALK_CALL = _CALL.alias("offer_call"), _CALL.alias("talk_call")
_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)


def _named(prefix: str, table: FromClause, *names: str) -> list[ColumnElement[Any]]:
    return [table.c[name].label(f"{prefix}_{name}") for name in names]


def _of_call(prefix: str, call: FromClause) -> list[ColumnElement[Any]]:
    """What a desk tells of a call."""
    shown = ("merchant_id", "id", "account_sid", "direction", "caller", "caller_name", "dialled", "queue")
    merchant = select(_MERCHANT.c.name).where(_MERCHANT.c.id == call.c.merchant_id).scalar_subquery()
    return [*_named(prefix, call, *shown), merchant.label(f"{prefix}_merchant")]


def _is_in(column: ColumnElement[Any], names: Iterable[str]) -> ColumnElement[bool]:
    """One of these, which never change: so written into the statement, which is not made longer for each call."""
    return column.in_([literal_column(f"'{name}'") for name in sorted(names)])


def _is_of(table: FromClause, other: FromClause) -> ColumnElement[bool]:
    """Both rows are of the same call."""
    return and_(table.c.merchant_id == other.c.merchant_id, table.c.call_id == other.c.call_id)


def _is_call(call: FromClause, row: FromClause) -> ColumnElement[bool]:
    return and_(call.c.merchant_id == row.c.merchant_id, call.c.id == row.c.call_id)


def _has_dialled() -> ColumnElement[bool]:
    """The last that an agent who is free had was a call of the agent's own, not a caller of a queue."""
    had, last = _OFFER.alias("had"), _OFFER.alias("last")
    latest = select(func.max(last.c.offered_at)).where(last.c.agent_id == _AGENT.c.id).correlate(_AGENT)
    own = _is_in(had.c.kind, OWN)
    return and_(
        _is_in(_AGENT.c.state, AGENT_FREE),
        exists().where(had.c.agent_id == _AGENT.c.id, own, had.c.offered_at == latest.scalar_subquery()),
    )


# Agents with the ring and the talk of each, of which there is one at most.
_DESKS: Final = (
    select(
        *(
            _AGENT.c[name]
            for name in ("id", "name", "identity", "desk_version", "state", "reason", "since_at")
        ),
        *(
            _AGENT.c[name]
            for name in ("until_at", "next_state", "set_by", "phone", "on_phone", "phone_fault")
        ),
        *_named("offer", _OFFER, "merchant_id", "id", "call_id", "waiting_id", "kind", "state", "phone"),
        *_named("offer", _OFFER, "offered_at", "ring_until_at", "pushed_at"),
        *_named("place", _PLACE, "queue", "plan", "entered_at"),
        *_named(
            "talk", _TALK, "merchant_id", "id", "call_id", "offer_id", "role", "state", "phone", "until_at"
        ),
        *_named("talk", _TALK, "began_at", "joined_at", "held_at", "end_asked_by"),
        *_of_call("of_offer", _OFFER_CALL),
        *_of_call("of_talk", _TALK_CALL),
        _has_dialled().label("has_dialled"),
        exists().where(_is_of(_CONSULT, _TALK), _is_in(_CONSULT.c.state, SHOWN)).label("has_consult"),
        exists()
        .where(_is_of(_SUPERVISION, _TALK), _SUPERVISION.c.state == Supervision.IN_ROOM)
        .label("has_supervisor"),
    )
    .select_from(_AGENT)
    .outerjoin(_OFFER, and_(_OFFER.c.agent_id == _AGENT.c.id, _is_in(_OFFER.c.state, OFFER_LIVE)))
    .outerjoin(_PLACE, and_(_PLACE.c.merchant_id == _OFFER.c.merchant_id, _PLACE.c.id == _OFFER.c.waiting_id))
    .outerjoin(_OFFER_CALL, _is_call(_OFFER_CALL, _OFFER))
    .outerjoin(
        _TALK,
        and_(
            _TALK.c.agent_id == _AGENT.c.id,
            _is_in(_TALK.c.state, PARTICIPATION_LIVE),
            _TALK.c.role != Role.LISTENER,
        ),
    )
    .outerjoin(_TALK_CALL, _is_call(_TALK_CALL, _TALK))
    .where(_AGENT.c.id.in_(_IDS))
)


def rows_of(tx: Session, agent_ids: Collection[str]) -> Sequence[Any]:
    """One row for each of these agents."""
    return tx.execute(_DESKS, {"ids": list(agent_ids)}).all()


def _last_talks() -> Any:
    had = _TALK.alias("had")
    latest = (
        select(had.c.agent_id, func.max(had.c.ended_at).label("ended_at"))
        .where(had.c.agent_id.in_(_IDS), had.c.joined_at.is_not(None))
        .group_by(had.c.agent_id)
        .subquery()
    )
    is_latest = and_(_TALK.c.agent_id == latest.c.agent_id, _TALK.c.ended_at == latest.c.ended_at)
    told = func.coalesce(
        _CALLBACK.c.call_id, _TALK_CALL.c.id
    )  # the call whose ticket tells of it: contacts.py
    return (
        select(
            *_named("talk", _TALK, "agent_id", "joined_at", "ended_at"),
            *_of_call("of_talk", _TALK_CALL),
            _TICKET.c.number.label("ticket"),
        )
        .select_from(latest)
        .join(_TALK, is_latest)
        .join(_TALK_CALL, _is_call(_TALK_CALL, _TALK))
        .outerjoin(
            _CALLBACK,
            and_(
                _CALLBACK.c.merchant_id == _TALK_CALL.c.merchant_id,
                _CALLBACK.c.id == _TALK_CALL.c.callback_of,
            ),
        )
        .outerjoin(
            _TICKET, and_(_TICKET.c.merchant_id == _TALK_CALL.c.merchant_id, _TICKET.c.call_id == told)
        )
    )


_LAST_TALKS: Final = _last_talks()


def last_talks(tx: Session, agent_ids: Collection[str]) -> Mapping[str, Any]:
    """By agent, the talk that she or he now wraps up, its call as of_talk_, and its ticket's number."""
    if not agent_ids:
        return {}
    return {row.talk_agent_id: row for row in tx.execute(_LAST_TALKS, {"ids": list(agent_ids)})}


_WAYS: Final = (
    select(*(_EVENT.c[name] for name in ("merchant_id", "call_id", "at", "kind", "data")))
    .where(
        _EVENT.c.merchant_id.in_(bindparam("merchants", expanding=True)),
        _EVENT.c.call_id.in_(bindparam("calls", expanding=True)),
        _is_in(_EVENT.c.kind, PATH_KINDS),
    )
    .order_by(*(_EVENT.c[name] for name in ("at", "turn", "place", "id")))
)


def ways(tx: Session, keys: Collection[Key]) -> Sequence[Any]:
    """The facts of these calls' ways through the flow, in order."""
    if not keys:
        return ()
    merchants, calls = {merchant for merchant, _ in keys}, {call for _, call in keys}
    return tx.execute(_WAYS, {"merchants": list(merchants), "calls": list(calls)}).all()
