"""An outside number is asked before the caller is handed over: dialled through the gate, under the line the caller knows.

No key is asked for: the agent who asks hears whether a person or a voicemail answers, and goes back to the caller.
"""

from sqlalchemy.orm import Session as Tx

from voice import gate, models, phone_rings
from voice.actions import Move, order
from voice.dialling import NotDialled
from voice.guests import let_in
from voice.moves import bump_desks
from voice.parting import consult_of, part_guest
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.states import Consult

NUMBER = "number"  # the kind of an asking


def admitted(tx: Tx, rt: Runtime, call: models.Call, agent_id: str, typed: str) -> str:
    """The number in E.164, if it may be dialled now. Raises Refused."""
    flow = rt.books.flow(call.merchant_id, call.flow_digest)
    try:
        return gate.admit_agents_call(tx, rt, flow, agent_id, typed)
    except NotDialled as refused:
        raise Refused("not_dialled", str(refused)) from refused


def ring(tx: Tx, rt: Runtime, call: models.Call, consult: models.Consult) -> None:
    """The caller is on hold: now the number is dialled."""
    until = rt.now() + phone_rings.ANSWER_SECONDS
    phone = phone_rings.begin(tx, rt, call, consult.target, until, consult_id=consult.id)
    consult.until_at = None
    rt.journal.write(
        tx,
        call.merchant_id,
        call.id,
        "number_asked",
        rt.now(),
        agent_id=consult.from_agent_id,
        number=consult.target,
    )
    order(tx, rt, call, Move("ring", phone.id))
    bump_desks(tx, rt, consult.from_agent_id)


def arrives(tx: Tx, rt: Runtime, call: models.Call, phone: models.PhoneRing) -> models.Participation | None:
    """Somebody picked up: into the room, if the asking still goes on."""
    consult = consult_of(tx, call)
    if consult is None or consult.id != phone.consult_id:
        return None
    return let_in(tx, rt, call, consult, phone.leg_sid or "", phone=phone.number)


def not_reached(tx: Tx, rt: Runtime, call: models.Call, phone: models.PhoneRing, why: str) -> None:
    """Nobody came to the phone: the caller stays with the agent, on hold."""
    consult = consult_of(tx, call)
    if consult is not None and consult.id == phone.consult_id and consult.state == Consult.RINGING:
        part_guest(tx, rt, call, consult, "not_reached", why)
