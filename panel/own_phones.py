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
        if what == "start" and not agent.on_phone:
            raise Faulty(f"{user.email} takes calls in a browser, and starts the shift there")
        hand.tell_of(Did.SHIFT_STARTED if what == "start" else Did.SHIFT_ENDED, user)
    (agents.start_shift if what == "start" else agents.end_shift)(rt, user_id)
    with rt.store.read() as tx:
        now = tx.get_one(Agent, user_id)
        return f"{now.state}, then {now.next_state}" if now.next_state else now.state


def in_shell(refused: Refused) -> Faulty:
    """A refusal as the shell says it."""
    return Faulty(str(refused))
