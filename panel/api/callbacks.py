"""What supervisors do to callbacks from the floor."""

from flask import Blueprint, Response, jsonify

from panel.api.supervision import watched
from panel.audit import Did
from panel.context import changing, rt
from voice import callbacks
from voice.phones import mask, show_number

api = Blueprint("callbacks", __name__)


@api.post("/api/floor/callbacks/<callback_id>/cancel")
def cancel(callback_id: str) -> Response:
    """The customer is not called; refused while an agent calls, and when it was over already."""
    merchants = watched()
    with changing() as hand:
        row = callbacks.cancel(hand.tx, rt(), merchants, callback_id, hand.by.name)
        detail = f"{mask(row.number)} for {row.queue}"
        hand.tell(Did.CALLBACK_CANCELLED, row.merchant_id, row.call_id, detail)
        return jsonify(said=f"{show_number(row.number)} will not be called back.")
