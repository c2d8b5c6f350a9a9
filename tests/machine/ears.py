"""Who hears whom in a room, told from where the legs are: who is asked no caller too early, who listens is never heard."""

from typing import TYPE_CHECKING

from sqlalchemy import select

from tests.machine.legs import Leg
from tests.machine.watcher import WHO
from voice import models
from voice.states import PARTICIPATION_LIVE, Consult, Heard, Role

if TYPE_CHECKING:
    from tests.machine.centre import Centre

LINGER_SECONDS = 30.0  # of a leg whose part is over, when the request to end it is lost and it is ended again
HEARD_BY_CALLER = (Consult.TOGETHER, Consult.TAKEN, Consult.PARTED, Consult.OVER)


def listen(centre: "Centre") -> None:
    """Raises AssertionError for whoever hears too much, or is heard."""
    for room in centre.exchange.rooms:
        inside = centre.exchange.inside(room)
        if len(inside) > 2:
            _in_room(centre, inside)


def _in_room(centre: "Centre", inside: list[Leg]) -> None:
    callers = [leg for leg in inside if leg.ends_room]
    sups = [leg for leg in inside if leg.who == WHO]
    others = [leg for leg in inside if leg not in callers and leg not in sups]
    for leg in sups:
        is_heard, by_all = not leg.is_muted, not leg.is_muted and not leg.coaches
        wished = centre.sue.wished_by[leg.sid]
        assert not is_heard or wished & {Heard.COACHING, Heard.BARGED}, "who listens is heard"
        assert not by_all or Heard.BARGED in wished, "who coaches is heard by the caller"
    if len(others) < 2:
        return
    live: list[str] = []
    with centre.web.store.read() as tx:
        for leg in others:
            part = tx.scalar(
                select(models.Participation)
                .where(models.Participation.leg_sid == leg.sid)
                .order_by(models.Participation.began_at.desc())
            )
            assert part is not None, f"{leg.who} is in a room without a part"
            if part.state in PARTICIPATION_LIVE:
                live.append(part.role)
            else:
                lingers = centre.now - (part.ended_at or 0.0)
                assert lingers <= LINGER_SECONDS, f"{leg.who} stays {lingers:.0f} s after the part was over"
            if part.role == Role.CONSULT and any(not caller.is_held for caller in callers):
                asking = tx.scalar(
                    select(models.Consult.state)
                    .where(models.Consult.call_id == part.call_id, models.Consult.state_at >= part.began_at)
                    .order_by(models.Consult.state_at)
                )
                assert asking in HEARD_BY_CALLER, f"{leg.who} hears the caller while {asking}"
    assert live.count(Role.OWNER) <= 1, "two agents have one caller"
    assert live.count(Role.CONSULT) <= 1, "two are asked at once"
