"""Twilio's pages: voice/twiml/redirect, /reject, /hangup."""

import pytest

from tests.simulator.contract.rows import proves
from tests.simulator.pages import NUMBER, open_shop


def test_nothing_after_redirect_is_reached() -> None:
    shop = open_shop(voice="<Redirect>/next</Redirect><Say>never</Say>", next="<Say>next</Say>")

    caller = shop.sim.call(NUMBER)
    caller.ends()

    assert [line.text for line in caller.transcript if line.text] == ["next"]


def test_an_empty_redirect_asks_for_the_current_document_again() -> None:
    answers = iter(["<Say>first</Say><Redirect/>", "<Say>second</Say>"])
    shop = open_shop(voice=lambda form: next(answers))

    shop.sim.call(NUMBER).hears("second")


def test_a_leading_redirect_does_not_answer_the_call() -> None:
    shop = open_shop(voice="<Redirect>/next</Redirect>", next="<Reject/>")

    caller = shop.sim.call(NUMBER)
    caller.ends()

    assert shop.pages.last("/next")["CallStatus"] == "ringing"
    assert caller.leg.answered_at is None


@proves("Reject reason")
@pytest.mark.parametrize(("reason", "state"), [
    ("", "no-answer"), ('reason="rejected"', "no-answer"), ('reason="busy"', "busy"),
])  # fmt: skip
def test_reject_ends_an_incoming_call_without_answering_it(reason: str, state: str) -> None:
    shop = open_shop(voice=f"<Reject {reason}/>")

    caller = shop.sim.call(NUMBER)
    caller.ends(within=1)

    assert (caller.state, caller.leg.seconds) == (state, 0)
    shop.sim.assert_quiet()


def test_reject_has_to_be_the_first_verb() -> None:
    shop = open_shop(voice="<Say>hello</Say><Reject/><Say>still here</Say>")

    shop.sim.call(NUMBER).hears("still here")

    assert shop.sim.debugger.codes() == [12200]


def test_hangup_ends_the_call() -> None:
    shop = open_shop(voice="<Say>bye</Say><Hangup/><Say>never</Say>")

    caller = shop.sim.call(NUMBER)
    caller.ends()

    assert caller.state == "completed"
    assert [line.text for line in caller.transcript if line.text] == ["bye"]


def test_a_document_that_redirects_to_itself_without_end_is_found_out() -> None:
    shop = open_shop(voice="<Redirect/>")

    caller = shop.sim.call(NUMBER)
    caller.waits(10)
    caller.hangs_up()

    assert set(shop.sim.debugger.codes()) == {12400}
    assert 50 < len(shop.pages.asked) < 600
