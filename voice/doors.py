"""Every address that Twilio asks, in one table: what is heard there, what is answered, and what when something fails.

Flask's rules and the fast entrance are both made from this table, so they cannot differ.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import structlog

from voice import (
    agent_legs,
    guard,
    hear,
    legs,
    metrics,
    music,
    outbound,
    phone_legs,
    signals,
    speak,
    turns,
    waiting_room,
)
from voice.guard import Admitted, Refusal, Secrets
from voice.phrases import phrase
from voice.runtime import Runtime
from voice.seal import SealBroken, bound_to
from voice.store import StoreAway

log = structlog.get_logger()

TOLD: Final = "~"  # after it an address holds what was told when SQL was away; base64url has no such sign

Fields = Mapping[str, str]
Answer = Callable[[Runtime, Fields, str], bytes]


@dataclass(frozen=True)
class Door:
    """One kind of request: `answer` when all is well, `when_away` while SQL cannot be reached."""

    answer: Answer
    when_away: Answer
    takes: bool = False  # the path goes on with an id or a sealed session


class Reply(NamedTuple):
    """Status and body for the caller of the door."""

    status: int
    body: bytes


def knock(rt: Runtime, environ: Mapping[str, object], body: bytes, name: str, rest: str) -> Reply:
    """Answer a request of Twilio's: checked first, and whatever fails, the caller hears words of ours."""
    began = time.perf_counter()
    admitted = guard.admit(environ, body, lambda sid: secrets_of(rt, sid), rt.settings.public_base_url)
    if isinstance(admitted, Refusal):
        log.warning("refused at the door", door=name, reason=admitted.reason)
        reply = Reply(admitted.status, b"")
    else:
        reply = _answer(rt, admitted, name, rest)
    metrics.answered(name, reply.status, time.perf_counter() - began)
    return reply


def secrets_of(rt: Runtime, account_sid: str) -> Secrets | None:
    """The live secrets of an account of ours."""
    account = rt.books.page.by_sid.get(account_sid)
    return None if account is None else account.signing


def _answer(rt: Runtime, admitted: Admitted, name: str, rest: str) -> Reply:
    door, fields = DOORS[name], admitted.fields
    try:
        return Reply(200, door.answer(rt, fields, rest))
    except NotOurs as stranger:
        log.warning("refused at the door", door=name, reason=str(stranger))
        return Reply(403, b"")
    except (hear.NotHeard, SealBroken) as wrong:
        log.warning("not understood", door=name, reason=str(wrong))
        return Reply(400, b"")
    except StoreAway as away:
        log.error("store away", door=name, call=fields.get("CallSid"), error=str(away)[:200])
        if name in TELLING:
            rt.missed.set()
        return Reply(503, b"") if name in SIGNALS else Reply(200, door.when_away(rt, fields, rest))
    except Exception:
        log.exception("a document failed", door=name, call=fields.get("CallSid"))
        if name in TELLING:
            rt.missed.set()
        return Reply(500, b"") if name in SIGNALS else Reply(200, _apology(rt))


class NotOurs(PermissionError):
    """A genuine account asks about what belongs to another."""


def _apology(rt: Runtime) -> bytes:
    return speak.apology(phrase("trouble"), rt.links, rt.links.goodbye())


def _incoming(rt: Runtime, fields: Fields, _rest: str) -> bytes:
    who = hear.incoming(fields)
    listed = rt.books.page.numbers.get(who.dialled.number or "")
    if listed is not None and rt.books.page.accounts[listed[1]].account_sid != who.account_sid:
        raise NotOurs("the number belongs to another account")
    return turns.begin(rt, who)


def _again(rt: Runtime, fields: Fields, _rest: str) -> bytes:
    known = legs.where_it_stands(rt, hear.incoming(fields), hear.turn(fields))
    return _incoming(rt, fields, _rest) if known is None else known


def _turn(rt: Runtime, fields: Fields, rest: str) -> bytes:
    sealed, _, told = rest.partition(TOLD)
    heard = {**fields, **_told(rt, fields, told)} if told else fields
    return turns.go_on(rt, lambda: hear.incoming(fields), hear.turn(heard), sealed)


def _told(rt: Runtime, fields: Fields, told: str) -> dict[str, str]:
    opened: dict[str, str] = json.loads(rt.sealer.open(told, bound_to(fields["CallSid"], "told")))
    return opened


def _wait(rt: Runtime, fields: Fields, waiting_id: str) -> bytes:
    return waiting_room.piece(rt, waiting_id, hear.wait(fields))


def _leg(rt: Runtime, fields: Fields, call_id: str) -> bytes:
    return legs.customer_document(rt, hear.incoming(fields), hear.turn(fields), call_id)


def _agent(rt: Runtime, fields: Fields, _rest: str) -> bytes:
    return agent_legs.agent_document(rt, hear.agent_call(fields))


def _agent_left(rt: Runtime, fields: Fields, participation_id: str) -> bytes:
    return agent_legs.agent_left(rt, hear.turn(fields), participation_id)


def _room(rt: Runtime, fields: Fields, _room: str) -> bytes:
    signals.room_event(rt, hear.room_event(fields))
    return speak.EMPTY


def _status(rt: Runtime, fields: Fields, _rest: str) -> bytes:
    signals.leg_status(rt, hear.call_status(fields))
    return speak.EMPTY


def _dialled(rt: Runtime, fields: Fields, call_id: str) -> bytes:
    outbound.leg_went_on(rt, call_id, hear.call_status(fields))
    signals.leg_status(rt, hear.call_status(fields))
    return speak.EMPTY


def _phone(rt: Runtime, fields: Fields, ring_id: str) -> bytes:
    return phone_legs.document(rt, hear.turn(fields), ring_id)


def _phone_told(rt: Runtime, fields: Fields, ring_id: str) -> bytes:
    phone_legs.leg_went_on(rt, ring_id, hear.call_status(fields))
    signals.leg_status(rt, hear.call_status(fields))
    return speak.EMPTY


def _ringing(rt: Runtime, fields: Fields, room: str) -> bytes:
    with rt.store.read() as tx:
        rings = outbound.is_ringing(tx, fields["AccountSid"], room)
    return _tone(rt, fields, room) if rings else speak.retry_later(rt.links.ringing(room), seconds=1)


def _tone(rt: Runtime, _fields: Fields, room: str) -> bytes:
    return speak.ringing(rt.links.audio("ringing"), rt.links.ringing(room))


def _recording(rt: Runtime, fields: Fields, kind: str) -> bytes:
    signals.recording(rt, hear.recording(fields), "voicemail" if kind == "voicemail" else "call")
    return speak.EMPTY


def _hold(rt: Runtime, fields: Fields, room: str) -> bytes:
    return legs.hold_document(rt, fields["AccountSid"], room)


def _goodbye(_rt: Runtime, _fields: Fields, _rest: str) -> bytes:
    return speak.document(speak.hang_up())


def _ask_again(rt: Runtime, _fields: Fields, rest: str, name: str) -> bytes:
    address = {"incoming": rt.links.incoming, "again": rt.links.again, "agent": rt.links.agent}.get(name)
    url = address() if address else getattr(rt.links, name)(rest)
    return speak.retry_later(url, words=speak.say(phrase("one_moment")), seconds=5)


def _turn_again(rt: Runtime, fields: Fields, rest: str) -> bytes:
    """Ask again, and bring along what the caller did: a redirect tells of no keys."""
    telling = hear.telling(fields)
    if telling and TOLD not in rest:
        kept = rt.sealer.seal(json.dumps(telling).encode(), bound_to(fields["CallSid"], "told"))
        rest = f"{rest}{TOLD}{kept}"
    return _ask_again(rt, fields, rest, "turn")


def _again_at(name: str) -> Answer:
    return lambda rt, fields, rest: _ask_again(rt, fields, rest, name)


def _music_meanwhile(rt: Runtime, fields: Fields, _rest: str) -> bytes:
    waited = hear.wait(fields).seconds or 0
    return speak.waiting_room(rt.links.audio(f"hold-{waited // music.SEGMENT_SECONDS % music.SEGMENTS}"))


def _nothing(_rt: Runtime, _fields: Fields, _rest: str) -> bytes:
    return speak.document(speak.hang_up())


DOORS: Final[dict[str, Door]] = {
    "incoming": Door(_incoming, _again_at("incoming")),
    "again": Door(_again, _again_at("again")),
    "turn": Door(_turn, _turn_again, takes=True),
    "wait": Door(_wait, _music_meanwhile, takes=True),
    "leg": Door(_leg, _again_at("leg"), takes=True),
    "agent": Door(_agent, _nothing),
    "agent-left": Door(_agent_left, _nothing, takes=True),
    "hold": Door(_hold, _again_at("hold"), takes=True),
    "ringing": Door(_ringing, _tone, takes=True),
    "dialled": Door(_dialled, _nothing, takes=True),
    "phone": Door(_phone, _again_at("phone"), takes=True),
    "phone-told": Door(_phone_told, _nothing, takes=True),
    "goodbye": Door(_goodbye, _nothing),
    "room": Door(_room, _nothing, takes=True),
    "status": Door(_status, _nothing),
    "recording": Door(_recording, _nothing, takes=True),
}
SIGNALS = frozenset({"room", "status", "dialled", "phone-told", "recording"})
TELLING = SIGNALS | {"leg", "agent-left", "phone"}  # documents whose request may tell of an end
