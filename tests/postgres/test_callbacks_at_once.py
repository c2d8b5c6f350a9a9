"""Several clocks and agents at once: a callback is offered once, dialled once, and each attempt counts once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from callflows.session import Session
from routing.callbacks import Callback
from tests.postgres.crowd import Crowd, disagreements
from tests.postgres.test_several_at_once import rings, together
from voice import agent_legs, clock, heard, models, offers, outbound
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.states import CallEnd, Waiting

NOBODY = heard.Party(None, "")


@pytest.fixture(params=["sqlite", "postgresql"])
def crowd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Crowd]:
    """A contact centre of six agents on shift, and somebody who is to be called back now."""
    database = {} if request.param == "sqlite" else {"database_url": request.getfixturevalue("postgres_url")}
    made = Crowd(tmp_path, database)
    made.starts_shifts()
    asked(made.rt)
    yield made
    made.rt.store.close()


def asked(rt: Runtime) -> None:
    """A customer asked for a callback ten minutes ago, as the call left it."""
    flow, now = rt.books.live_flow("northwind"), rt.now()
    assert flow is not None
    of_call = {"merchant_id": "northwind", "call_id": "ca_asked", "queue": "orders"}
    with rt.write() as tx:
        tx.add(
            models.Call(
                merchant_id="northwind", id="ca_asked", call_sid="CA1",
                account_sid=rt.books.account_of("northwind").account_sid, caller="+12025550199",
                dialled=flow.numbers[0], flow_digest=flow.digest, started_at=now - 600, ended_at=now - 590,
                ended_as=CallEnd.CALLBACK_REQUESTED, outcome=CallEnd.CALLBACK_REQUESTED, queue="orders",
            )
        )  # fmt: skip
        tx.flush()
        tx.add(
            models.Waiting(
                **of_call, id="wt_asked", state=Waiting.CALLBACK_WAITING, state_at=now, entered_at=now - 600,
                rank_at=now - 600, deadline_at=now + 9000, ring_seconds=60, wrap_up_seconds=5, is_callback=True,
                session=Session(flow.digest, flow.start, 0, now).dump(),
            )
        )  # fmt: skip
        tx.add(
            models.Callback(
                **of_call, id="wt_asked", number="+12025550199", state=Callback.RESTING, state_at=now,
                asked_at=now - 600, next_at=now - 1, expires_at=now + 9000, delay_seconds=0,
                retry_seconds=600, attempts=3,
            )
        )  # fmt: skip


def test_clocks_agents_and_signals_at_once_make_one_attempt(crowd: Crowd) -> None:
    raised = together(crowd, clock.step)
    (ring,) = rings(crowd.rt)
    won: list[str] = []

    def accepts(rt: Runtime) -> None:
        try:
            accepted = offers.accept(rt, ring.agent_id, ring.id)
            won.append(accepted["call"] if accepted else "asked")
        except Refused:
            won.append("refused")

    raised += together(crowd, accepts)
    (call_id,) = set(won)
    comes = heard.AgentCall("CA2", crowd.account_sid, ring.agent_id, ring.id, heard.LegStatus.RINGING)
    raised += together(crowd, lambda rt: agent_legs.agent_document(rt, comes))
    engaged = heard.CallStatusHeard(
        "CA3", crowd.account_sid, heard.LegStatus.BUSY, sequence=None, seconds=None, parent_call_sid=None,
        sip_code=None, caller=NOBODY, dialled=NOBODY, at=None,
    )  # fmt: skip
    raised += together(crowd, lambda rt: outbound.leg_went_on(rt, call_id, engaged))

    assert not raised, raised
    with crowd.rt.store.read() as tx:
        callback, place = tx.scalars(select(models.Callback)).one(), tx.scalars(select(models.Waiting)).one()
        calls = list(tx.scalars(select(models.Call).where(models.Call.callback_of == "wt_asked")))
        dials = list(tx.scalars(select(models.Action).where(models.Action.kind == "dial")))
        told = list(tx.scalars(select(models.Event.kind).where(models.Event.kind.like("callback_%"))))
    assert (callback.state, callback.attempts_made, len(calls), len(dials)) == (Callback.RESTING, 1, 1, 1)
    assert (place.state, place.call_id, calls[0].ended_as) == (
        Waiting.CALLBACK_WAITING,
        "ca_asked",
        CallEnd.BUSY,
    )
    assert sorted(told) == ["callback_attempted", "callback_due", "callback_put_back"]
    assert not (found := disagreements(crowd.rt)), found
