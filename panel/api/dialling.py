"""Calls that agents make: the lines they may show, and dialling."""

from flask import Blueprint, Response, jsonify

from panel.context import agent_id, rt, sent_text, viewer
from panel.problems import not_found
from voice import outbound
from voice.phones import show_number

api = Blueprint("dialling", __name__)


@api.get("/api/lines")
def lines() -> Response:
    """The merchants for whom this agent may call, each with the numbers that it can show."""
    agent_id()
    names = viewer().merchant_names
    shown = [(merchant, outbound.lines_of(rt(), merchant)) for merchant in viewer().merchants]
    return jsonify(
        lines=[
            {
                "merchant": {"id": merchant, "name": names[merchant]},
                "numbers": [{"number": one, "shown": show_number(one)} for one in numbers],
            }
            for merchant, numbers in shown
            if numbers
        ]
    )


@api.post("/api/dial")
def dial() -> Response:
    """{merchant, number, line?} -> the page now connects its phone with {"offer": id} at the account named."""
    caller, merchant = agent_id(), sent_text("merchant", longest=80)
    if merchant not in viewer().merchants:
        raise not_found("merchant among those you serve")
    number, line = sent_text("number", longest=40), sent_text("line", longest=20, default="")
    return jsonify(outbound.dial(rt(), caller, merchant, number, line))
