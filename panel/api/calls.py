"""A talk: hold, resume, end. Ending is asked of us, and we end it."""

from flask import Blueprint, Response, jsonify

from panel.context import agent_id, rt, sent_text
from panel.targets import targets_of
from voice import consults, holding, transfers

calls = Blueprint("calls", __name__)


@calls.post("/api/calls/<call_id>/hold")
def hold(call_id: str) -> Response:
    """The caller hears music, the agent nothing."""
    holding.hold(rt(), agent_id(), call_id)
    return jsonify(ok=True)


@calls.post("/api/calls/<call_id>/resume")
def resume(call_id: str) -> Response:
    """Caller and agent hear each other again."""
    holding.resume(rt(), agent_id(), call_id)
    return jsonify(ok=True)


@calls.get("/api/calls/<call_id>/targets")
def targets(call_id: str) -> Response:
    """Whom this caller can be sent to: colleagues with their states, and queues."""
    with rt().store.read() as tx:
        return jsonify(targets_of(tx, rt(), agent_id(), call_id))


@calls.post("/api/calls/<call_id>/send")
def send(call_id: str) -> Response:
    """{to: agent, queue or number, target} -> the caller is theirs, or comes back when nobody takes it."""
    kind, target = sent_text("to", longest=10), sent_text("target", longest=80)
    transfers.send(rt(), agent_id(), call_id, kind, target)
    return jsonify(ok=True)


@calls.post("/api/calls/<call_id>/ask")
def ask(call_id: str) -> Response:
    """{to: agent or queue, target} -> the caller hears music, and the colleague is rung."""
    kind, target = sent_text("to", longest=10), sent_text("target", longest=80)
    consults.ask(rt(), agent_id(), call_id, kind, target)
    return jsonify(ok=True)


@calls.post("/api/calls/<call_id>/ask/cancel")
def cancel(call_id: str) -> Response:
    """Back to the caller, without the colleague."""
    consults.cancel(rt(), agent_id(), call_id)
    return jsonify(ok=True)


@calls.post("/api/calls/<call_id>/ask/together")
def together(call_id: str) -> Response:
    """Caller and both agents talk."""
    consults.together(rt(), agent_id(), call_id)
    return jsonify(ok=True)


@calls.post("/api/calls/<call_id>/ask/hand-over")
def hand_over(call_id: str) -> Response:
    """The caller is the colleague's."""
    consults.hand_over(rt(), agent_id(), call_id)
    return jsonify(ok=True)


@calls.post("/api/calls/<call_id>/end")
def end(call_id: str) -> Response:
    """The talk is over."""
    consults.end(rt(), agent_id(), call_id)
    return jsonify(ok=True)
