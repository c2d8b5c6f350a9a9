"""The machine interface under /sim: scripts start callers, read what they heard, look into the world, order faults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from simulator.crowd.crowd import Crowd
from simulator.crowd.habits import Habits
from simulator.exchange import RINGS_OUT, Plan
from simulator.faults import LEG_HARMS, RECORDING_HARMS, REST_HARMS, WEBHOOK_HARMS, Fault
from simulator.legs import Leg, Status
from simulator.script import SECONDS_BETWEEN_KEYS, BadScript, play, read_seconds, script_from

if TYPE_CHECKING:
    from simulator.account import Account
    from simulator.world import World

MOST_FACTS = 1000
HARMS = {"webhook": WEBHOOK_HARMS, "rest": REST_HARMS, "recording": RECORDING_HARMS, "leg": LEG_HARMS}


class BadOrder(ValueError):
    """A request that cannot be understood; the message says what is missing."""


class NoSuchThing(LookupError):
    """What was asked for is not there."""


class Machine:
    """Every function takes and gives plain JSON values."""

    def __init__(self, world: World, account: Account) -> None:
        self._world = world
        self._account = account
        self._crowd: Crowd | None = None

    def call(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Somebody dials: {from, to, name, press, say, hangup}."""
        to = str(data.get("to") or "")
        try:
            script = script_from(dict(data))
        except BadScript as error:
            raise BadOrder(str(error)) from None
        try:
            leg = self._world.exchange.incoming(
                self._account, to, str(data.get("from") or "anonymous"), data.get("name"), ""
            )
        except LookupError as error:
            raise BadOrder(str(error.args[0])) from None
        play(self._world, leg, script)
        return self.shown(leg, 0)

    def act(self, sid: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """A person at the far end of any leg does something now: {press}, {say, seconds} or {hangup: true}."""
        leg = self._leg(sid)
        kernel = self._world.kernel
        for index, key in enumerate(str(data.get("press") or "")):
            kernel.after(index * SECONDS_BETWEEN_KEYS, partial(leg.press, key))
        if data.get("say"):
            words = str(data["say"])
            self._world.speak(leg, words, float(data.get("seconds") or max(0.5, len(words) / 15)))
        if data.get("hangup"):
            self._world.exchange.hang_up(leg, "the far end hung up")
        return self.shown(leg, 0)

    def calls(self) -> dict[str, Any]:
        return {"calls": [_head(leg) for leg in self._world.legs.values()]}

    def fetch(self, sid: str, after: int) -> dict[str, Any]:
        return self.shown(self._leg(sid), after)

    def shown(self, leg: Leg, after: int) -> dict[str, Any]:
        """The leg with the lines of its transcript from number `after` on; `at` is seconds since it began."""
        lines = [
            {
                "at": round(line.at - leg.created_at, 3),
                "until": None if line.until is None else round(line.until - leg.created_at, 3),
                "kind": str(line.kind),
                "text": line.text,
                "voices": list(line.voices),
            }
            for line in leg.ear.lines[after:]
        ]
        return {**_head(leg), "transcript": lines, "next": len(leg.ear.lines)}

    def ledger(self, after: int) -> dict[str, Any]:
        facts = self._world.ledger.after(after)[:MOST_FACTS]
        return {
            "facts": [{"n": fact.number, "at": fact.at, "kind": fact.kind, **fact.data} for fact in facts],
            "last": facts[-1].number if facts else after,
        }

    def state(self) -> dict[str, Any]:
        world = self._world
        alive = [leg for leg in world.legs.values() if not leg.is_over]
        return {
            "now": world.now,
            "account_sid": self._account.sid,
            "numbers": [number.e164 for number in self._account.numbers.values()],
            "calls": [_head(leg) for leg in alive],
            "queues": [
                {
                    "sid": queue.sid,
                    "name": queue.friendly_name,
                    "max_size": queue.max_size,
                    "calls": [member.leg.sid for member in queue.members],
                }
                for queue in world.queues.values()
            ],
            "conferences": [
                {
                    "sid": room.sid,
                    "name": room.friendly_name,
                    "status": str(room.status),
                    "calls": list(room.seats),
                }
                for room in world.conferences.all.values()
                if not room.is_over
            ],
            "alerts": [
                {"at": alert.at, "code": alert.code, "level": alert.level, "message": str(alert)}
                for alert in world.debugger
            ],
        }

    def fault(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """{where: webhook, rest, recording, leg or blackout, path: pattern, harm, times, seconds, status, chance, skip,
        purpose}."""
        where, harm = str(data.get("where")), str(data.get("harm") or "")
        if where == "blackout":
            self._world.faults.blackout(float(data.get("seconds", 10.0)))
            return {"faults": len(self._ordered())}
        allowed = HARMS.get(where)
        if allowed is None:
            raise BadOrder('"where" must be webhook, rest, recording, leg or blackout')
        if harm not in allowed:
            raise BadOrder(f'"harm" of a {where} must be one of {", ".join(sorted(allowed))}')
        path = str(data.get("path") or "")
        try:
            self._order(where, harm, path, data)
        except re.error as error:
            raise BadOrder(f'"path" {path!r} is no pattern: {error}') from None
        return {"faults": len(self._ordered())}

    def _order(self, where: str, harm: str, path: str, data: Mapping[str, Any]) -> None:
        faults = self._world.faults
        common: dict[str, Any] = {
            "times": data.get("times", 1),
            "chance": float(data.get("chance", 1.0)),
            "skip": int(data.get("skip", 0)),
        }
        status, seconds = int(data.get("status", 500)), float(data.get("seconds", 0.0))
        match where:
            case "webhook":
                purpose = str(data.get("purpose") or "")
                faults.webhook(path, harm, seconds=seconds, status=status, purpose=purpose, **common)
            case "rest":
                faults.rest(path, harm, status=status, **common)
            case "recording":
                faults.recording(harm, seconds=seconds, **common)
            case _:
                faults.leg(path, seconds=seconds, **common)

    def _ordered(self) -> list[tuple[str, Fault]]:
        faults = self._world.faults
        kinds = {
            "webhook": faults.webhooks,
            "rest": faults.rest_faults,
            "recording": faults.recordings,
            "leg": faults.legs,
        }
        return [(where, one) for where, ordered in kinds.items() for one in ordered]

    def faults(self) -> dict[str, Any]:
        """All that were ordered; a spent one harms nothing more."""
        return {
            "faults": [
                {
                    "where": where,
                    "harm": str(fault.harm),
                    "path": fault.pattern,
                    "times": fault.times,
                    "hits": fault.hits,
                    "spent": fault.is_spent,
                    "seconds": fault.seconds,
                    "status": fault.status,
                    "skip": fault.skip,
                    "chance": fault.chance,
                    "purpose": " ".join(sorted(fault.purposes)),
                }
                for where, fault in self._ordered()
            ],
            "dark_until": self._world.faults.dark_until,
        }

    def clear_faults(self) -> dict[str, Any]:
        self._world.faults.clear()
        return {"faults": 0}

    def phone(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """An ordinary phone's habit: {number, does: answers, busy, no-answer or failed, after: "4s"}."""
        number, does = str(data.get("number") or ""), str(data.get("does") or "answers")
        after = read_seconds(str(data.get("after") or "2s"))
        if not number:
            raise BadOrder('"number" is missing')
        plans = {
            "answers": Plan(after),
            "no-answer": RINGS_OUT,
            "busy": Plan(after, Status.BUSY),
            "failed": Plan(after, Status.FAILED),
        }
        if does not in plans:
            raise BadOrder(f'"does" must be one of {", ".join(plans)}')
        self._world.parties[number] = lambda leg: plans[does]
        return {"number": number, "does": does}

    def crowd(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Lets a crowd loose, as `python -m simulator crowd` does; one at a time."""
        if self._crowd is not None and not self._crowd.is_over:
            raise BadOrder("a crowd is still here; wait for its end")
        named = data.get("to") or [number.e164 for number in self._account.numbers.values()]
        habits = {name: value for name, value in data.items() if name != "to"}
        self._crowd = Crowd(self._world, self._account, Habits.from_dict(habits, tuple(named)))
        self._crowd.start()
        return self._crowd.summary()

    def crowd_state(self) -> dict[str, Any]:
        if self._crowd is None:
            raise NoSuchThing("no crowd was let loose")
        return self._crowd.summary()

    def messages(self) -> dict[str, Any]:
        """Every text that the application has sent, oldest first."""
        return {
            "messages": [
                {
                    "sid": message.sid,
                    "from": message.from_,
                    "to": message.to,
                    "body": message.body,
                    "status": str(message.status),
                }
                for message in self._world.messages.all.values()
            ]
        }

    def _leg(self, sid: str) -> Leg:
        leg = self._world.legs.get(sid)
        if leg is None:
            raise NoSuchThing(f"there is no call {sid}")
        return leg


def _head(leg: Leg) -> dict[str, Any]:
    return {
        "sid": leg.sid,
        "from": leg.from_,
        "to": leg.to,
        "direction": str(leg.direction),
        "state": str(leg.status),
        "over": leg.is_over,
        "seconds": leg.seconds,
        "parent": leg.parent.sid if leg.parent else None,
    }
