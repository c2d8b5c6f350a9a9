"""A talk: hold, resume, end. Ending is asked of us, and we end it."""

from flask import Blueprint, Response, jsonify

from panel.context import agent_id, rt
from voice import talks

calls = Blueprint("calls", __name__)


@calls.post("/api/calls/<call_id>/hold")
def hold(call_id: str) -> Response:
    """The caller hears music, the agent nothing."""
    talks.hold(rt(), agent_id(), call_id)
    return jsonify(ok=True)


@calls.post("/api/calls/<call_id>/resume")
def resume(call_id: str) -> Response:
    """Caller and agent hear each other again."""
    talks.resume(rt(), agent_id(), call_id)
    return jsonify(ok=True)


@calls.post("/api/calls/<call_id>/end")
def end(call_id: str) -> Response:
    """The talk is over."""
    talks.end(rt(), agent_id(), call_id)
    return jsonify(ok=True)
