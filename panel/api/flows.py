"""What changes a flow from the panel: the way back."""

from flask import Blueprint, Response, jsonify

from panel.context import rt, sent_text, viewer
from panel.problems import Problem, not_found
from voice.flow_log import NoSuchVersion, Stale
from voice.publish import go_back

api = Blueprint("flows_api", __name__)


@api.post("/api/flows/<merchant_id>/back")
def back(merchant_id: str) -> Response:
    """{to, expected, why?}: let an earlier version answer again; 409 when another is live than was looked at."""
    if merchant_id not in viewer().administers:
        raise not_found("flow")
    to, expected = sent_text("to", longest=64), sent_text("expected", longest=64)
    why = sent_text("why", longest=200, default="")
    try:
        outcome = go_back(rt(), merchant_id, viewer().email, to=to, reason=why, expected=expected)
    except NoSuchVersion:
        raise not_found("version") from None
    except Stale:
        raise Problem(409, "stale", "Somebody published meanwhile. Load the page again and look.") from None
    return jsonify(digest=outcome.digest, changed=outcome.is_new)
