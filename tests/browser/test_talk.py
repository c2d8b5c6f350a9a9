"""A customer and an agent talk, each in a real browser with the real Voice SDK, through all of Ringdesk."""

import pytest

from tests.browser.conftest import AGENT_HERTZ, CALLER_HERTZ
from tests.browser.desk import Desk
from tests.sound.customer import Customer


@pytest.mark.usefixtures("talking")
def test_caller_and_agent_hear_each_other(desk: Desk, customer: Customer) -> None:
    assert customer.hears(AGENT_HERTZ) >= 20
    assert desk.hears(CALLER_HERTZ) >= 20
