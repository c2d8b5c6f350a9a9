"""The world: everything Twilio knows, on one kernel."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO

from simulator import trunk
from simulator.account import Account
from simulator.clock import Clock
from simulator.conferences import Conferences
from simulator.debugger import Debugger
from simulator.exchange import RINGS_OUT, Exchange, Plan
from simulator.faults import Faults
from simulator.forgetting import Forgetting
from simulator.hearing import Sound
from simulator.http import Port
from simulator.ids import Minter
from simulator.kernel import Kernel
from simulator.ledger import Ledger
from simulator.legs import Leg, Place
from simulator.media import Media
from simulator.messages import Messages
from simulator.queues import Queue
from simulator.recordings import Recordings
from simulator.transcriptions import Transcriptions
from simulator.webhooks import Webhooks
from simulator.witness import Witness

SURE_OF_WORDS = 0.9


class World:
    """Built once; its parts know each other through it. base_url is where media URLs point."""

    def __init__(
        self,
        clock: Clock,
        seed: int,
        base_url: str,
        ledger_file: IO[str] | None = None,
        keep: int | None = None,
        keep_calls: int | None = None,
    ) -> None:
        self.kernel = Kernel(clock)
        self.seed = seed
        self.mint = Minter(seed * 7919 + 17)
        self.base_url = base_url
        self.ledger = Ledger(lambda: self.now, ledger_file, keep)
        self.ledger_bodies = False
        self.debugger = Debugger(lambda: self.now, self.ledger, keep)
        self.faults = Faults(self)
        self.webhooks = Webhooks(self)
        self.media = Media(self)
        self.messages = Messages(self)
        self.exchange = Exchange(self)
        self.conferences = Conferences(self)
        self.recordings = Recordings(self)
        self.transcriptions = Transcriptions(self)
        self.forgetting = Forgetting(self, keep_calls)
        self.accounts: dict[str, Account] = {}
        self.legs: dict[str, Leg] = {}
        self.queues: dict[str, Queue] = {}
        self.witness = Witness()
        self.parties: dict[str, Callable[[Leg], Plan]] = {}
        self._next_turn: dict[str, float] = {}
        self.port: Port

    @property
    def now(self) -> float:
        return self.kernel.now

    def add_account(self, account: Account) -> None:
        self.accounts[account.sid] = account
        account.created_at = account.created_at or self.now
        account.updated_at = account.updated_at or self.now
        for thing in (*account.numbers.values(), *account.applications.values()):
            thing.created_at = thing.created_at or self.now
            thing.updated_at = thing.updated_at or self.now

    def ring(self, leg: Leg) -> Plan:
        """What the called party plans to do: a habit, a number of an account here, or nothing (assumed: unknown-phone)."""
        party = self.parties.get(leg.to.split("?", 1)[0])
        if party is not None:
            return party(leg)
        owner = trunk.owner_of(self, leg.to)
        return trunk.ring(self, leg, owner) if owner is not None else RINGS_OUT

    def turn_to_dial(self, account: Account) -> float:
        """When the next call created through REST may ring: the account's calls per second are spaced evenly."""
        moment = max(self.now, self._next_turn.get(account.sid, 0.0))
        self._next_turn[account.sid] = moment + 1.0 / account.calls_per_second
        return moment

    def find_queue(self, account: Account, name: str) -> Queue | None:
        for queue in self.queues.values():
            if queue.friendly_name == name and queue.account is account:
                return queue
        return None

    def queue(self, account: Account, name: str) -> Queue:
        """The account's queue of that name, made when it is new."""
        found = self.find_queue(account, name)
        if found is not None:
            return found
        queue = Queue(self.mint.sid("QU"), account, name, self.now, self.now)
        self.queues[queue.sid] = queue
        self.ledger.write("queue.created", queue=queue.sid, name=name)
        return queue

    def bridge(self, legs: tuple[Leg, ...], place: Place) -> None:
        for leg in legs:
            leg.place = place
            leg.mouth.chat(True)
            self.hears(leg, tuple(other.sid for other in place.listeners(leg)))
        self.ledger.write("bridge.made", calls=[leg.sid for leg in legs])

    def unbridge(self, legs: tuple[Leg, ...], place: Place) -> None:
        for leg in legs:
            if leg.place is place:
                leg.place = None
                leg.mouth.chat(False)
                leg.ear.end()
        self.ledger.write("bridge.broken", calls=[leg.sid for leg in legs])

    def hears(self, leg: Leg, voices: tuple[str, ...]) -> None:
        """From now on the leg hears these legs, or nobody."""
        names = ", ".join(self.legs[sid].name for sid in voices)
        if voices:
            leg.ear.begin(Sound.TALK, names, voices)
        else:
            leg.ear.begin(Sound.SILENCE)
        self.ledger.write("hears", call=leg.sid, voices=list(voices))

    def speak(
        self, leg: Leg, words: str, seconds: float, file: str = "", confidence: float = SURE_OF_WORDS
    ) -> None:
        """The far end of the leg says something; whoever is connected with it hears the words."""
        leg.mouth.speak(seconds)
        leg.say(words, seconds, confidence)
        self.conferences.spoke(leg, seconds)
        self.witness.spoken(leg, words, file)
        self.ledger.write("said", call=leg.sid, words=words, seconds=seconds)
        if leg.place is not None:
            for other in leg.place.listeners(leg):
                other.ear.note(Sound.VOICE, words, seconds, (leg.sid,))
