"""What two processes hear of one ordinary phone at the same moment: the second finds what the first has made of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.postgres.crowd import Crowd, disagreements
from tests.postgres.test_callbacks_at_once import asked
from tests.postgres.test_several_at_once import together
from voice import agents, clock, heard, models, phone_legs
from voice.states import Agent, PhoneRing

MOBILE = "+12025550171"


@pytest.fixture
def crowd(tmp_path: Path, postgres_url: str) -> Iterator[Crowd]:
    """A contact centre of six agents, nobody on shift."""
    made = Crowd(tmp_path, {"database_url": postgres_url})
    yield made
    made.rt.store.close()


def to_the_phone(crowd: Crowd) -> None:
    """The first agent's calls come to an ordinary phone."""
    first = update(models.Agent).where(models.Agent.id == "us_0")
    with crowd.rt.write() as tx:
        tx.execute(first.values(phone=MOBILE, on_phone=True))


def test_a_key_that_is_told_several_times_at_once_takes_the_callback_and_keeps_the_phone(
    crowd: Crowd,
) -> None:
    to_the_phone(crowd)
    agents.start_shift(crowd.rt, "us_0")
    asked(crowd.rt)
    clock.step(crowd.rt)
    with crowd.rt.store.read() as tx:
        ring_id = tx.scalars(select(models.PhoneRing.id)).one()
    pressed = heard.TurnHeard("CA9", crowd.account_sid, heard.KeysPressed("1"), heard.LegStatus.IN_PROGRESS)
    documents: list[bytes] = []
    raised = together(crowd, lambda rt: documents.append(phone_legs.document(rt, pressed, ring_id)))

    assert not raised, raised
    assert [b"<Conference" in one for one in documents] == [True] * len(documents), documents
    with crowd.rt.store.read() as tx:
        assert tx.scalars(select(models.PhoneRing.state)).one() == PhoneRing.TAKEN
        assert len(tx.scalars(select(models.Participation)).all()) == 1
    assert not (found := disagreements(crowd.rt)), found


def test_a_desk_that_falls_silent_while_the_calls_move_to_the_phone_loses_nobody(crowd: Crowd) -> None:
    agents.start_shift(crowd.rt, "us_0")
    with crowd.rt.write() as tx:
        agent = tx.get_one(models.Agent, "us_0")
        assert not agent.on_phone
        to_the_phone(crowd)
        agents.lose(tx, crowd.rt, agent)

    with crowd.rt.store.read() as tx:
        assert tx.get_one(models.Agent, "us_0").state == Agent.AVAILABLE
