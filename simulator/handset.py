"""People at the far end of a leg, as tests speak of them: they hear, press, say and hang up."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from simulator.exchange import Plan
from simulator.hearing import Line, Sound
from simulator.legs import Leg, Status
from simulator.messages import FAILED, UNDELIVERED, Reception
from simulator.world import SURE_OF_WORDS

if TYPE_CHECKING:
    from simulator.simulator import Simulator

SECONDS_BETWEEN_KEYS = 0.25
WORDS = frozenset({Sound.SAY, Sound.PLAY, Sound.VOICE})
TUNES = frozenset({Sound.PLAY, Sound.MUSIC})
CHARACTERS_A_SECOND = 15.0


class Handset:
    """What every person with a phone can do; asking for something lets time pass until it is so."""

    def __init__(self, sim: Simulator, leg: Leg | None, name: str) -> None:
        self.sim = sim
        self.name = name
        self._leg = leg
        self._heard = 0

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} {self.state}>"

    @property
    def leg(self) -> Leg:
        if self._leg is None:
            raise AssertionError(f"{self.name} is in no call")
        return self._leg

    @property
    def sid(self) -> str:
        return self.leg.sid

    @property
    def state(self) -> str:
        """Twilio's status of the call: ringing, in-progress, completed, ..."""
        return str(self._leg.status) if self._leg is not None else "idle"

    @property
    def is_over(self) -> bool:
        return self._leg is not None and self._leg.is_over

    @property
    def transcript(self) -> list[Line]:
        return self._leg.ear.lines if self._leg is not None else []

    @property
    def now_hears(self) -> Line | None:
        return self._leg.ear.current if self._leg is not None else None

    def hears(self, words: str, within: float = 60.0) -> Line:
        """Lets time pass until the words begin (any case); what was heard before the last match does not count."""

        def match() -> Line | None:
            for index, line in enumerate(self.transcript[self._heard :], self._heard):
                if line.kind in WORDS and words.lower() in line.text.lower():
                    self._heard = index + 1
                    return line
            return None

        return self.sim.wait_for(match, within, lambda: f"{self.name} did not hear {words!r}; {self.told()}")

    def hears_music(self, within: float = 60.0) -> Line:
        """Lets time pass until a tune plays."""

        def match() -> Line | None:
            line = self.now_hears
            return line if line is not None and line.kind in TUNES else None

        return self.sim.wait_for(match, within, lambda: f"{self.name} heard no music; {self.told()}")

    def hears_ringing(self, within: float = 60.0) -> Line:
        def match() -> Line | None:
            line = self.now_hears
            return line if line is not None and line.kind is Sound.RINGING else None

        return self.sim.wait_for(match, within, lambda: f"{self.name} heard no ringing; {self.told()}")

    def presses(self, keys: str) -> None:
        """The first key now, the others a quarter of a second apart."""
        bad = set(keys) - set("0123456789*#")
        if bad:
            raise ValueError(f"{keys!r}: a phone has no key {''.join(sorted(bad))!r}")
        leg = self.leg
        for index, key in enumerate(keys):
            self.sim.later(index * SECONDS_BETWEEN_KEYS, partial(self._press, leg, key))
        self.sim.settle()

    def says(self, words: str, seconds: float | None = None, confidence: float = SURE_OF_WORDS) -> None:
        """Speaks from now on for so many seconds (or as long as the words take), clearly or not (0 to 1)."""
        lasting = seconds if seconds is not None else len(words) / CHARACTERS_A_SECOND
        self.sim.world.speak(self.leg, words, lasting, confidence=confidence)

    def waits(self, seconds: float) -> None:
        self.sim.advance(seconds)

    def hangs_up(self) -> None:
        self.sim.world.exchange.hang_up(self.leg, "the far end hung up")
        self.sim.settle()

    def is_talking_to(self, other: Handset) -> bool:
        """Both hear each other at this moment."""
        if self._leg is None or other._leg is None:
            return False
        return other.leg in _heard_by(self.leg) and self.leg in _heard_by(other.leg)

    def talks_to(self, other: Handset, within: float = 15.0) -> None:
        """Lets time pass until both hear each other, and what belongs to that moment is done."""
        self.sim.wait_for(
            lambda: self.is_talking_to(other) or None,
            within,
            lambda: f"{self.name} and {other.name} do not talk; {self.told()}; {other.told()}",
        )
        self.sim.settle()

    def hears_nothing_of(self, other: Handset) -> bool:
        """Whether this person has never heard the other; fails telling when."""
        for line in self.transcript:
            if other.leg.sid in line.voices:
                raise AssertionError(
                    f"{self.name} heard {other.name} at {self.sim.seconds_in(line.at)}: {line}"
                )
        return True

    def ends(self, within: float = 60.0) -> None:
        """Lets time pass until the call is over and that has been told."""
        self.sim.wait_for(
            lambda: self.is_over or None, within, lambda: f"{self.name}'s call goes on; {self.told()}"
        )
        self.sim.settle()

    def told(self) -> str:
        """What was heard, for a failure's message."""
        if self._leg is None:
            return f"{self.name} is in no call"
        lines = [f"    {self.sim.seconds_in(line.at):>9} {line}" for line in self.transcript[-15:]]
        alerts = [f"    debugger: {alert}" for alert in self.sim.debugger]
        return f"{self.name} is {self.state} and heard:\n" + "\n".join(lines + alerts or ["    nothing"])

    @staticmethod
    def _press(leg: Leg, key: str) -> None:
        if not leg.is_over:
            leg.press(key)


class Caller(Handset):
    """Somebody who dialled one of the account's numbers."""


class ClientLeg(Handset):
    """A browser's connection, without sound."""

    def vanishes(self) -> None:
        """The browser is gone: the leg ends, and nobody asked the application to end it (assumed: vanish)."""
        self.sim.world.exchange.hang_up(self.leg, "the browser vanished")
        self.sim.settle()


class Client:
    """A browser with an identity; it connects through the account's TwiML application."""

    def __init__(self, sim: Simulator, identity: str) -> None:
        self.sim = sim
        self.identity = identity
        self.legs: list[ClientLeg] = []

    def connect(self, params: dict[str, str] | None = None, app_sid: str = "") -> ClientLeg:
        account = self.sim.account
        leg = self.sim.world.exchange.from_client(
            account, self.identity, app_sid or account.app_sid, params or {}
        )
        self.legs.append(ClientLeg(self.sim, leg, self.identity))
        return self.legs[-1]


class Phone(Handset):
    """An ordinary phone that can be dialled; until told otherwise it answers after two seconds."""

    def __init__(self, sim: Simulator, number: str) -> None:
        super().__init__(sim, None, number)
        self._plan = Plan(2.0)
        self.legs: list[Leg] = []
        sim.world.parties[number] = self._ring

    def answers(self, after: float = 2.0) -> None:
        self._set(Plan(after))

    def busy(self, after: float = 1.0) -> None:
        self._set(Plan(after, Status.BUSY))

    def no_answer(self) -> None:
        self._set(Plan(float("inf")))

    def fails(self, after: float = 0.5) -> None:
        """The number cannot be reached."""
        self._set(Plan(after, Status.FAILED))

    @property
    def texts(self) -> list[str]:
        """The messages that have arrived here, oldest first."""
        return [message.body for message in self.sim.world.messages.received_by(self.name)]

    def gets_text(self, words: str, within: float = 30.0) -> str:
        """Lets time pass until a message with these words (any case) has arrived."""
        return self.sim.wait_for(
            lambda: next((text for text in self.texts if words.lower() in text.lower()), None),
            within,
            lambda: f"{self.name} got no message with {words!r}, but {self.texts}",
        )

    def takes_no_texts(self, *, landline: bool = False) -> None:
        """Switched off (undelivered, 30003), or a landline (failed, 30006)."""
        self.receives_texts(FAILED if landline else UNDELIVERED)

    def receives_texts(self, reception: Reception) -> None:
        self.sim.world.messages.receptions[self.name] = reception

    def unsubscribes(self, number: str) -> None:
        """Has answered STOP to that number of the account: messages from it are refused (21610)."""
        self.sim.world.messages.unsubscribed.add((number, self.name))

    def rings(self, within: float = 30.0) -> None:
        """Lets time pass until this phone rings."""
        self.sim.wait_for(
            lambda: (self._leg is not None and self._leg.status is Status.RINGING) or None,
            within,
            lambda: f"{self.name} does not ring",
        )

    def _set(self, plan: Plan) -> None:
        """Counts for the call that rings now, too."""
        self._plan = plan
        if self._leg is not None and self._leg.status is Status.RINGING and plan.seconds != float("inf"):
            self.sim.world.exchange.plan(self._leg, plan)

    def _ring(self, leg: Leg) -> Plan:
        self._leg = leg
        self._heard = 0
        self.legs.append(leg)
        return self._plan


def _heard_by(leg: Leg) -> list[Leg]:
    """Who hears this leg now."""
    return leg.place.listeners(leg) if leg.place is not None else []
