"""Where an agent's calls come: the browser, or an ordinary phone whose number passed the gate of every merchant served."""

from sqlalchemy import select
from sqlalchemy.orm import Session as Tx

from callflows.flow import Flow
from voice import gate, models
from voice.dialling import NotDialled, admit
from voice.dispatch import decide_for_agent
from voice.locks import lock_agent
from voice.moves import bump_desks, move
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.states import Agent

BROWSER, PHONE = "browser", "phone"


def set_number(tx: Tx, rt: Runtime, agent_id: str, typed: str) -> str:
    """The agent's own phone in E.164; "" takes it away, and then calls come to the browser. Raises Refused."""
    agent = _agent(tx, agent_id)
    number = admitted(tx, rt, agent_id, typed) if typed.strip() else ""
    agent.phone, agent.phone_fault = number, ""
    agent.on_phone = agent.on_phone and bool(number)
    tx.flush()
    bump_desks(tx, rt, agent_id)
    return number


def choose(tx: Tx, rt: Runtime, agent_id: str, where: str) -> None:
    """From the next ring on calls come there: phone or browser. Raises Refused."""
    agent = _agent(tx, agent_id)
    if where not in (BROWSER, PHONE):
        raise Refused("not_found", "Calls come to the browser or to your phone.")
    if where == PHONE and not agent.phone:
        raise Refused("not_now", "First enter the number of your phone.")
    agent.on_phone, agent.phone_fault = where == PHONE, ""
    tx.flush()
    bump_desks(tx, rt, agent_id)
    if where == PHONE and agent.state == Agent.UNREACHABLE:
        move(tx, rt, agent_id, "came_back")
    decide_for_agent(tx, rt, agent_id)


def admitted(tx: Tx, rt: Runtime, agent_id: str, typed: str) -> str:
    """A number that may be dialled for each merchant whose calls the agent takes. Raises Refused."""
    flows = _flows(tx, rt, agent_id)
    if not flows:
        raise Refused("not_dialled", "No merchant that this agent serves has a flow yet.")
    number = ""
    for flow in flows:
        try:
            number = admit(number or typed, gate.rules_of(flow))
        except NotDialled as refused:
            raise Refused("not_dialled", f"{flow.name}: {refused}") from refused
    if number in rt.books.page.numbers:
        raise Refused("not_dialled", f"{number} is a line of this installation, not a phone of yours.")
    return number


def _flows(tx: Tx, rt: Runtime, agent_id: str) -> list[Flow]:
    merchants = tx.scalars(
        select(models.Membership.merchant_id)
        .where(models.Membership.user_id == agent_id)
        .order_by(models.Membership.merchant_id)
    )
    found = (rt.books.live_flow(merchant_id) for merchant_id in merchants)
    return [flow for flow in found if flow is not None]


def _agent(tx: Tx, agent_id: str) -> models.Agent:
    agent = lock_agent(tx, agent_id)
    if agent is None:
        raise Refused("not_found", "There is no such agent.")
    return agent
