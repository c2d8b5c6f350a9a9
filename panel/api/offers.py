"""A ring on the desk: confirm that it is shown, take it, or let a colleague have it."""

from flask import Blueprint, Response, jsonify

from panel.context import agent_id, rt
from voice import consults
from voice import offers as trade

offers = Blueprint("offers", __name__)


@offers.post("/api/offers/<offer_id>/acknowledge")
def acknowledge(offer_id: str) -> Response:
    """The desk shows this ring."""
    trade.acknowledge(rt(), agent_id(), offer_id)
    return jsonify(ok=True)


@offers.post("/api/offers/<offer_id>/accept")
def accept(offer_id: str) -> Response:
    """The agent takes the caller; the page now connects its phone with {"offer": id} at the account named."""
    won = trade.accept(rt(), agent_id(), offer_id)
    return jsonify(won or consults.accept(rt(), agent_id(), offer_id))


@offers.post("/api/offers/<offer_id>/decline")
def decline(offer_id: str) -> Response:
    """The agent lets somebody else take the caller."""
    trade.decline(rt(), agent_id(), offer_id)
    return jsonify(ok=True)
