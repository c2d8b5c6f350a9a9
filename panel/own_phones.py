"""An agent's ordinary phone, set and chosen by hand: what is done is told in the audit, with the end of the number only."""

from panel.audit import Did, Hand
from panel.shell import changing
from panel.staff import Faulty
from voice import agents, phone_choice
from voice.models import Agent, User
from voice.phones import mask
from voice.refusals import Refused
from voice.runtime import Runtime


def set_number(hand: Hand, rt: Runtime, user: User, typed: str) -> str:
    """The number in E.164, "" for none. Raises Refused."""
    number = phone_choice.set_number(hand.tx, rt, user.id, typed)
    hand.tell_of(Did.PHONE_SET, user, mask(number) if number else "none")
    return number


def choose(hand: Hand, rt: Runtime, user: User, where: str) -> None:
    """Calls come to the phone or to the browser. Raises Refused."""
    was = hand.tx.get(Agent, user.id)
    before = was is not None and was.on_phone
    phone_choice.choose(hand.tx, rt, user.id, where)
    if before != (where == phone_choice.PHONE):
        hand.tell_of(Did.CALLS_MOVED, user, where)


def shift(rt: Runtime, user_id: str, what: str) -> str:
    """Start or end the shift of an agent, from the shell; what the agent then is. Raises Faulty."""
    if what not in ("start", "end"):
        raise Faulty(f"start or end a shift, not {what!r}")
    with changing(rt) as hand:
        agent, user = hand.tx.get(Agent, user_id), hand.tx.get_one(User, user_id)
        if agent is None:
            raise Faulty(f"{user.email} takes no calls")
        if what == "end":
            did, moved = Did.SHIFT_ENDED, agents.shift_ends(hand.tx, rt, user_id)
        elif agent.on_phone:
            did, moved = Did.SHIFT_STARTED, agents.shift_starts(hand.tx, rt, user_id)
        else:
            raise Faulty(f"{user.email} takes calls in a browser, and starts the shift there")
        if moved:
            hand.tell_of(did, user)
        hand.tx.refresh(agent)
        return f"{agent.state}, then {agent.next_state}" if agent.next_state else agent.state


def in_shell(refused: Refused) -> Faulty:
    """A refusal as the shell says it."""
    return Faulty(str(refused))
