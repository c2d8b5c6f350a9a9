"""An agent's ordinary phone: its number, by the agent or by an admin, and whether calls come there."""

from flask import Blueprint, Response, jsonify

from panel import own_phones
from panel.api.desk import current
from panel.api.people import whole_account
from panel.context import agent_id, changing, rt, sent_text
from voice.models import User

api = Blueprint("phones", __name__)


@api.post("/api/phone")
def take_calls() -> Response:
    """{on: phone or browser, number?}: where one's own calls come from the next ring on."""
    where, number = sent_text("on", longest=10), sent_text("number", longest=40, default="")
    with changing() as hand:
        user = hand.tx.get_one(User, agent_id())
        if number:
            own_phones.set_number(hand, rt(), user, number)
        own_phones.choose(hand, rt(), user, where)
    return current()


@api.post("/api/people/<user_id>/phone")
def set_number(user_id: str) -> Response:
    """{number}: the ordinary phone of somebody, for an account that is the viewer's alone; empty takes it away."""
    number = sent_text("number", longest=40, default="")
    with changing() as hand:
        set_to = own_phones.set_number(hand, rt(), whole_account(hand.tx, user_id), number)
    return jsonify(number=set_to)
