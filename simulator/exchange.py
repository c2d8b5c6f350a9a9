"""The exchange: legs are originated, rung, answered, redirected and ended here, and their callbacks sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.account import Account, VoiceSettings
from simulator.hearing import Sound
from simulator.interpreter import Goto, run_call
from simulator.legs import Callback, Direction, HungUp, Leg, Redirected, Status
from simulator.params import rfc2822, standard
from simulator.twiml.document import Document
from simulator.webhooks import Ask

if TYPE_CHECKING:
    from simulator.world import World

SIP_CODES = {
    Status.COMPLETED: 200,
    Status.BUSY: 486,
    Status.NO_ANSWER: 487,
    Status.CANCELED: 487,
    Status.FAILED: 404,
}
EVENT_OF_STATUS = {
    Status.INITIATED: "initiated",
    Status.RINGING: "ringing",
    Status.IN_PROGRESS: "answered",
}


@dataclass(frozen=True)
class Plan:
    """What a dialled party does: answers after some seconds of ringing, or after them ends with that status."""

    seconds: float = 0.0
    ends_as: Status | None = None


RINGS_OUT = Plan(seconds=float("inf"))


class Exchange:
    """Acts on legs; every act is a fact in the ledger."""

    def __init__(self, world: World) -> None:
        self._world = world

    def incoming(
        self, account: Account, to: str, from_: str, caller_name: str | None, forwarded_from: str
    ) -> Leg:
        """Somebody dials a number of the account; the number's VoiceUrl, or its application's, says what follows."""
        number = account.number(to)
        if number is None:
            raise LookupError(f"{to} is not a number of this account; it owns {_owned(account)}")
        full = self.is_full(account)
        leg = self._new_leg(account, Direction.INBOUND, from_, to)
        leg.phone_number_sid = number.sid
        leg.forwarded_from = forwarded_from
        settings: VoiceSettings = account.applications.get(number.voice_application_sid) or number
        leg.caller_name = caller_name if settings.voice_caller_id_lookup else None
        if full or account.status != "active":
            self._refuse(
                leg,
                *((10004, "Call concurrency limit exceeded") if full else (10003, "Account is not active")),
            )
            return leg
        self._begin_inbound(leg, settings)
        return leg

    def from_client(self, account: Account, identity: str, app_sid: str, params: dict[str, str]) -> Leg:
        """A browser connects: its params arrive as form fields beside From=client:identity."""
        leg = self._new_leg(account, Direction.INBOUND, f"client:{identity}", params.get("To", ""))
        leg.application_sid = app_sid
        leg.custom = {key: value for key, value in params.items() if key not in standard(leg)}
        self._begin_inbound(leg, account.applications[app_sid])
        return leg

    def outgoing(self, account: Account, from_: str, to: str, parent: Leg | None = None) -> Leg:
        """A leg to be dialled, by REST or by a Dial; it is not rung yet."""
        direction = Direction.OUTBOUND_API if parent is None else Direction.OUTBOUND_DIAL
        leg = self._new_leg(account, direction, from_, to)
        leg.parent = parent
        if parent is not None:
            parent.children.append(leg)
        return leg

    def dial(self, leg: Leg, timeout_seconds: float) -> None:
        """Rings the far end, which does what was planned for it; after the timeout (+ 5 s, as Twilio) nobody answered."""
        if leg.is_over:
            return
        self._move(leg, Status.INITIATED)
        self._move(leg, Status.RINGING)
        leg.ringing_at = self._world.now
        plan = self._world.ring(leg)
        limit = timeout_seconds + 5.0
        self._world.kernel.after(limit, lambda: self._give_up(leg))
        if plan.seconds < limit:
            self.plan(leg, plan)

    def plan(self, leg: Leg, plan: Plan) -> None:
        """The called party will do this, unless the ringing has ended by then."""
        self._world.kernel.after(plan.seconds, lambda: self._follow_plan(leg, plan))

    def answer(self, leg: Leg) -> None:
        if leg.is_over or leg.is_up:
            return
        leg.ear.end()
        leg.answered_at = self._world.now
        self._move(leg, Status.IN_PROGRESS)
        self._world.faults.leg_answered(leg)
        leg.answered.fire(None)

    def run(self, leg: Leg, first: Goto | Document) -> None:
        """Puts the leg under the control of a document."""
        leg.task = self._world.kernel.start(run_call(self._world, leg, first), leg.sid)

    def redirect(self, leg: Leg, target: Goto | Document) -> None:
        """REST takes the leg out of whatever it does and gives it a new document."""
        self._world.ledger.write("call.redirected", call=leg.sid, url=target.url)
        self._stop_document(leg, Redirected())
        freed, leg.freed = leg.freed, type(leg.freed)()
        freed.fire(None)
        leg.updated_at = self._world.now
        self.run(leg, target)

    def end(self, leg: Leg, status: Status, why: str) -> None:
        """The leg is over; its document cleans up (queue, conference, children) and the callbacks go out."""
        if leg.is_over:
            return
        leg.ended_at = self._world.now
        leg.sip_code = SIP_CODES[status]
        leg.move(status)
        self._world.ledger.write("call." + status, call=leg.sid, why=why, seconds=leg.seconds)
        self._stop_document(leg, HungUp())
        leg.ear.end()
        leg.mouth.shut()
        for child in leg.children:
            self.end(child, Status.COMPLETED if child.is_up else Status.CANCELED, "the parent call ended")
        self._world.recordings.leg_ended(leg)
        self._report(leg, "completed")
        leg.ended.fire(None)
        self._world.forgetting.leg_ended(leg)

    def hang_up(self, leg: Leg, why: str) -> None:
        """The far end puts the receiver down; before the answer Twilio calls that no-answer."""
        self.end(leg, Status.COMPLETED if leg.is_up else Status.NO_ANSWER, why)

    def is_full(self, account: Account) -> bool:
        """Whether the account has as many calls at once as it may have."""
        most = account.concurrent_calls
        if most is None:
            return False
        return (
            sum(1 for leg in self._world.legs.values() if leg.account is account and not leg.is_over) >= most
        )

    def _refuse(self, leg: Leg, code: int, why: str) -> None:
        """The caller hears busy; nobody asks the application (assumed: call-limit, inactive-account)."""
        leg.status = Status.RINGING
        self._world.debugger.error(code, why, call_sid=leg.sid)
        self.end(leg, Status.BUSY, why)

    def _begin_inbound(self, leg: Leg, settings: VoiceSettings) -> None:
        leg.status = Status.RINGING
        leg.ringing_at = self._world.now
        leg.ear.begin(Sound.RINGING)
        if settings.voice_fallback_url:
            leg.fallback = Callback(settings.voice_fallback_url, settings.voice_fallback_method)
        if settings.status_callback:
            leg.status_callback = Callback(settings.status_callback, settings.status_callback_method)
        self._world.ledger.write("call.ringing", call=leg.sid, **{"from": leg.from_, "to": leg.to})
        if not settings.voice_url:
            self.end(leg, Status.FAILED, "nothing answers at this number")
            return
        self.run(leg, Goto(settings.voice_url, settings.voice_method))

    def _new_leg(self, account: Account, direction: Direction, from_: str, to: str) -> Leg:
        world = self._world
        leg = Leg(world.mint.sid("CA"), account, direction, from_, to, world.now, lambda: world.now)
        world.legs[leg.sid] = leg
        world.witness.leg_made(leg)
        return leg

    def _move(self, leg: Leg, status: Status) -> None:
        leg.move(status)
        self._world.ledger.write("call." + status, call=leg.sid, **{"from": leg.from_, "to": leg.to})
        self._report(leg, EVENT_OF_STATUS[status])

    def _follow_plan(self, leg: Leg, plan: Plan) -> None:
        if leg.status is not Status.RINGING:
            return
        if plan.ends_as is None:
            self.answer(leg)
        else:
            self.end(leg, plan.ends_as, "as the called party had planned")

    def _give_up(self, leg: Leg) -> None:
        if leg.status is Status.RINGING:
            self.end(leg, Status.NO_ANSWER, "nobody answered in time")

    def _stop_document(self, leg: Leg, reason: HungUp | Redirected) -> None:
        task, leg.task = leg.task, None
        if task is not None:
            task.interrupt(reason)

    def _report(self, leg: Leg, event: str) -> None:
        callback = leg.status_callback
        if callback is None or event not in (callback.events or {"completed"}):
            return
        form = {
            **standard(leg),
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(leg.sequence),
            "Timestamp": rfc2822(self._world.now),
        }
        leg.sequence += 1
        if event in ("ringing", "answered") and leg.account.number(leg.from_) is not None:
            form["StirStatus"] = "A"
        if leg.is_over:
            form["CallDuration"] = str(leg.seconds)
            form["Duration"] = str(-(-leg.seconds // 60))
            if leg.direction is not Direction.INBOUND and leg.sip_code is not None:
                form["SipResponseCode"] = str(leg.sip_code)
            form.update(self._world.recordings.for_status_callback(leg))
        self._world.webhooks.tell(Ask(callback.url, callback.method, form, "status", leg.account, leg), 15003)


def _owned(account: Account) -> str:
    return ", ".join(number.e164 for number in account.numbers.values()) or "none"
