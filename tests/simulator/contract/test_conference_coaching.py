"""Twilio's conference and participant resources: muted, coaching, callSidToCoach, and who hears whom then."""

import pytest

from simulator.handset import ClientLeg, Handset
from tests.simulator.contract.rooms import QUIET, both, room, seat_path
from tests.simulator.pages import NUMBER, Shop

OTHER = "+15550100177"


def third(shop: Shop, attributes: str) -> ClientLeg:
    """Somebody more comes into the room of caller and agent."""
    shop.pages["/voice/agent"] = f"<Dial><Conference {QUIET} {attributes}>talk</Conference></Dial>"
    leg = shop.sim.client("eve").connect()
    leg.waits(1)
    return leg


def heard_by(speaker: Handset, *others: Handset) -> list[bool]:
    """Who of the others hears it when somebody says something."""
    speaker.says("one two three", seconds=2)
    speaker.waits(1)
    hearing = [speaker.sid in (other.now_hears.voices if other.now_hears else ()) for other in others]
    speaker.waits(2)
    return hearing


def test_who_is_muted_hears_all_and_is_heard_by_nobody() -> None:
    shop = room()
    caller, agent = both(shop)
    silent = third(shop, 'muted="true"')

    assert heard_by(silent, caller, agent) == [False, False]
    assert heard_by(caller, agent, silent) == [True, True]
    assert heard_by(agent, caller, silent) == [True, True]
    assert caller.hears_nothing_of(silent)
    shop.sim.assert_quiet()


def test_a_participant_goes_from_silence_to_coaching_to_everybody_and_back() -> None:
    shop = room()
    caller, agent = both(shop)
    leg = third(shop, 'muted="true"')
    path = seat_path(shop, leg)

    shop.rest("POST", path, Coaching="true", CallSidToCoach=agent.sid)
    still_muted = heard_by(leg, caller, agent)
    coaching = shop.rest("POST", path, Muted="false")
    heard_as_coach = heard_by(leg, caller, agent)
    barging = shop.rest("POST", path, Coaching="false")
    heard_by_all = heard_by(leg, caller, agent)
    shop.rest("POST", path, Muted="true")

    assert (still_muted, heard_as_coach, heard_by_all) == ([False, False], [False, True], [True, True])
    assert (coaching["coaching"], coaching["call_sid_to_coach"]) == (True, agent.sid)
    assert (barging["coaching"], barging["call_sid_to_coach"], barging["muted"]) == (False, None, False)
    assert heard_by(leg, caller, agent) == [False, False]
    told = [
        (form["StatusCallbackEvent"], form["Coaching"], form["Muted"])
        for form in shop.pages.forms("/room-events")
        if form.get("CallSid") == leg.sid and form["StatusCallbackEvent"] != "participant-join"
    ]
    assert told == [
        ("participant-modify", "true", "true"),
        ("participant-unmute", "true", "false"),
        ("participant-modify", "false", "false"),
        ("participant-mute", "false", "true"),
    ]


def test_another_can_be_coached_from_now_on() -> None:
    shop = room()
    caller, agent = both(shop)
    coach = third(shop, f'coach="{agent.sid}"')

    shop.rest("POST", seat_path(shop, coach), CallSidToCoach=caller.sid)

    assert heard_by(coach, caller, agent) == [True, False]


def test_a_coach_whose_agent_left_is_heard_by_nobody() -> None:
    shop = room()
    caller, agent = both(shop)
    coach = third(shop, f'coach="{agent.sid}"')

    agent.hangs_up()

    assert heard_by(coach, caller) == [False]


@pytest.mark.parametrize(
    ("asked", "heard"),
    [
        ({"Muted": "true"}, [False, False]),
        ({"CallSidToCoach": "agent"}, [False, True]),
        ({"CallSidToCoach": "agent", "Coaching": "true"}, [False, True]),
        ({"CallSidToCoach": "agent", "Coaching": "true", "Muted": "true"}, [False, False]),
        ({"CallSidToCoach": "agent", "Coaching": "false"}, [True, True]),
    ],
)
def test_who_is_called_into_a_room_is_heard_as_asked_for(asked: dict[str, str], heard: list[bool]) -> None:
    shop = room()
    caller, agent = both(shop)
    phone = shop.sim.phone(OTHER)
    given = {name: agent.sid if value == "agent" else value for name, value in asked.items()}

    made = shop.rest(
        "POST", "Conferences/talk/Participants.json", To=OTHER, From=NUMBER, Beep="false", **given
    )
    phone.rings()
    phone.waits(2)

    assert heard_by(phone, caller, agent) == heard
    assert made["coaching"] is ("CallSidToCoach" in asked and asked.get("Coaching") != "false")


def test_to_coach_somebody_has_to_be_named() -> None:
    shop = room()
    both(shop)

    refused = shop.answer(
        "POST", "Conferences/talk/Participants.json", To=OTHER, From=NUMBER, Coaching="true"
    )

    assert (refused.status, b"16028" in refused.body) == (400, True)
