"""What supervisors do from the floor: be in a talk, set an agent's state, end what hangs, move a waiting caller.

Whatever is done is written down with who did it, in the same transaction, and answered with one plain sentence.
"""

from flask import Blueprint, Response, jsonify
from sqlalchemy import select
from sqlalchemy.orm import Session

from panel.api.desk import account_of
from panel.audit import Did, Hand
from panel.context import changing, rt, sent_text, viewer
from panel.floor_targets import targets_of
from panel.problems import Problem
from voice import forcing, pulling, supervising
from voice.models import Agent, Membership, Supervision, User
from voice.refusals import Refused
from voice.states import Agent as State
from voice.states import Heard
from voice.supervisions import identity_of, talk_over
from voice.tokens import LIFE_SECONDS, access_token

api = Blueprint("supervision", __name__)

DID = {Heard.LISTENING: Did.TALK_LISTENED, Heard.COACHING: Did.TALK_COACHED, Heard.BARGED: Did.TALK_BARGED}
ENDED = {
    "ring": "{name} is not rung any more. The caller keeps the place.",
    "talk": "The call with {name} is ended.",
    "wrap_up": "The wrap-up of {name} is ended.",
}
STATES = {
    State.AVAILABLE: ("{name} is available.", "{name} stays available after the call."),
    State.AWAY: ("{name} is away.", "{name} will be away after the call."),
    State.OFFLINE: ("{name} is signed out.", "{name} will be signed out after the call."),
}


@api.post("/api/supervision/token")
def token() -> Response:
    """{account_sid} -> what the page's phone signs in with to be in talks at one Twilio account."""
    watched()
    account, now = account_of(sent_text("account_sid", longest=34, default="")), rt().now()
    identity = identity_of(viewer().user_id)
    return jsonify(
        token=access_token(identity, account, now, LIFE_SECONDS),
        identity=identity,
        account_sid=account.account_sid,
        edge=account.edge,
        expires_at=now + LIFE_SECONDS,
    )


@api.post("/api/supervision/<call_id>")
def supervise(call_id: str) -> Response:
    """{heard: listening, coaching or barged} -> in the talk, or heard so from now on; the page connects with the offer."""
    merchants, wish = watched(), sent_text("heard", longest=20)
    if wish not in list(Heard):
        raise Problem(400, "bad_request", "Send 'heard' as listening, coaching or barged.")
    heard = Heard(wish)
    with changing() as hand:
        user = hand.tx.get_one(User, viewer().user_id)
        row, call = supervising.supervise(hand.tx, rt(), user, merchants, call_id, heard)
        hand.tell(DID[heard], call.merchant_id, call.id, _agent_in(hand.tx, row))
        return jsonify(offer=row.id, account_sid=call.account_sid, call=call.id, heard=row.heard)


@api.post("/api/supervision/<call_id>/leave")
def leave(call_id: str) -> Response:
    """Out of the talk, which goes on."""
    watched()
    with changing() as hand:
        supervising.leave_talk(hand.tx, rt(), viewer().user_id, call_id)
    return jsonify(ok=True)


@api.post("/api/floor/agents/<agent_id>/state")
def set_state(agent_id: str) -> Response:
    """{state: available, away or offline, reason} -> now, or after the present call."""
    merchants = watched()
    state, reason = sent_text("state", longest=20), sent_text("reason", longest=40, default="")
    with changing() as hand:
        agent = forcing.set_state(hand.tx, rt(), merchants, agent_id, state, reason, hand.by.user_id)
        hand.tx.refresh(agent)
        detail = f"{state}: {reason}" if reason else state
        _tell_of(hand, Did.STATE_SET, agent, detail)
        now, later = STATES[State(state)]
        is_now = agent.state == state or (state == State.AVAILABLE and agent.state == State.RINGING)
        return said(now if is_now else later, agent)


@api.post("/api/floor/agents/<agent_id>/finish")
def finish(agent_id: str) -> Response:
    """{what: ring, talk or wrap_up, call} -> it is over; refused when it was over already."""
    merchants = watched()
    what, call_id = sent_text("what", longest=10), sent_text("call", longest=80, default="")
    with changing() as hand:
        agent = forcing.finish(hand.tx, rt(), merchants, agent_id, what, call_id, hand.by.user_id)
        _tell_of(hand, Did.WORK_ENDED, agent, f"{what.replace('_', '-')} {call_id}".strip())
        return said(ENDED[what], agent)


@api.post("/api/floor/agents/<agent_id>/free")
def set_free(agent_id: str) -> Response:
    """An agent who is shown busy and has no call is available again."""
    merchants = watched()
    with changing() as hand:
        agent = forcing.set_free(hand.tx, rt(), merchants, agent_id, hand.by.user_id)
        _tell_of(hand, Did.WORK_ENDED, agent, "was busy without a call")
        return said("{name} is free again.", agent)


@api.get("/api/floor/callers/<call_id>/targets")
def targets(call_id: str) -> Response:
    """Where a waiting caller can be moved: agents who are available, and the other queues."""
    merchants = watched()
    with rt().store.read() as tx:
        return jsonify(targets_of(tx, rt(), merchants, call_id))


@api.post("/api/floor/callers/<call_id>/move")
def move(call_id: str) -> Response:
    """{to: agent or queue, target} -> the caller waits there as long as before, or rings there now."""
    merchants = watched()
    to, target = sent_text("to", longest=10), sent_text("target", longest=80)
    with changing() as hand:
        if to == "queue":
            call, before = pulling.pull_to_queue(hand.tx, rt(), merchants, call_id, target)
            hand.tell(Did.CALLER_MOVED, call.merchant_id, call.id, f"from {before} to the queue {target}")
            return jsonify(said=f"The caller waits in {target.replace('_', ' ')} now, as long as before.")
        if to == "agent":
            call, agent = pulling.pull_to_agent(hand.tx, rt(), merchants, call_id, target)
            hand.tell(Did.CALLER_MOVED, call.merchant_id, call.id, f"to {agent.name}")
            return said("{name} is rung for this caller.", agent)
    raise Refused("not_found", "Move the caller to an agent or a queue.")


def watched() -> tuple[str, ...]:
    """The merchants that the viewer watches over; people who are agents only have none."""
    if not viewer().watches:
        raise Problem(403, "no_floor", "The floor is for supervisors and admins. Ask an admin for that role.")
    return viewer().watches


def said(words: str, agent: Agent) -> Response:
    """What came of it, in a sentence."""
    return jsonify(said=words.format(name=agent.name))


def _agent_in(tx: Session, row: Supervision) -> str:
    """With whom the supervised caller talks."""
    talk = talk_over(tx, row)
    agent = tx.get(Agent, talk.agent_id) if talk is not None else None
    return f"with {agent.name}" if agent is not None else ""


def _tell_of(hand: Hand, did: Did, agent: Agent, detail: str) -> None:
    """What was done to an agent is told at every merchant of the supervisor for whom the agent works."""
    user = hand.tx.get_one(User, agent.id)
    works = select(Membership.merchant_id).where(
        Membership.user_id == agent.id, Membership.merchant_id.in_(viewer().watches)
    )
    for merchant_id in hand.tx.scalars(works.order_by(Membership.merchant_id)):
        hand.tell(did, merchant_id, user.email, detail)
