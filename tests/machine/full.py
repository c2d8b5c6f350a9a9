"""Lives with all of the talk control: asking first, sending on, callbacks, calls out, own phones, and a supervisor."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.machine.centre import Desk
from tests.machine.legs import Harm, Leg, Place
from tests.machine.machine import MOST_CALLERS, WHICH, Life
from tests.machine.premises import OUTSIDE, PHONES
from voice.states import Heard

WHOM = ("a colleague", "a colleague", "a queue", "a number")
ASKED = ("together", "hand over", "take back")
DOORS = (("dialled",), ("phone",), ("phone-told",))


class FullLife(Life):
    """One life in which people also do what is rarer."""

    @precondition(lambda self: self._talking())
    @rule(which=WHICH, word=st.sampled_from(ASKED))
    def an_agent_who_asks_clicks(self, which: int, word: str) -> None:
        talking = self._talking()
        self.centre.wishes(talking[which % len(talking)], word)

    @precondition(lambda self: self._waiting())
    @rule(which=WHICH)
    def a_caller_wants_a_callback(self, which: int) -> None:
        waiting = self._waiting()
        self.centre.wants_a_callback(waiting[which % len(waiting)])
        self.centre.passes(1.0)

    @precondition(lambda self: self._talking())
    @rule(which=WHICH, whom=st.sampled_from(WHOM), then=st.sampled_from(("", "", *ASKED)))
    def an_agent_asks_first(self, which: int, whom: str, then: str) -> None:
        talking = self._talking()
        self.centre.asks(talking[which % len(talking)], *self._target(whom))
        if then:
            self.centre.passes(2.2)
            self.centre.wishes(talking[which % len(talking)], then)

    @precondition(lambda self: self._talking())
    @rule(which=WHICH, whom=st.sampled_from(WHOM))
    def an_agent_sends_the_caller_on(self, which: int, whom: str) -> None:
        talking = self._talking()
        self.centre.sends(talking[which % len(talking)], *self._target(whom))

    @precondition(lambda self: len(self.centre.living()) < MOST_CALLERS)
    @rule(which=WHICH, number=st.sampled_from((1001, 2001)))
    def an_agent_calls_out(self, which: int, number: int) -> None:
        self.centre.calls_out(self._desk(which), f"+1202555{number}")
        self.centre.passes(0.4)

    @rule(agent_id=st.sampled_from(sorted(PHONES)), where=st.sampled_from(("phone", "phone", "browser")))
    def an_agents_calls_come_to(self, agent_id: str, where: str) -> None:
        desk = next(one for one in self.centre.desks if one.id == agent_id)
        self.centre.moves(desk, where)

    @precondition(lambda self: self._rung())
    @rule(which=WHICH, how=st.sampled_from(("takes", "takes", "leaves", "picks up", "puts down")))
    def an_agents_phone(self, which: int, how: str) -> None:
        rung = self._rung()
        desk = rung[which % len(rung)]
        assert desk.mobile is not None
        if how in ("takes", "leaves"):
            self.centre.phones.takes(desk, "1" if how == "takes" else "2")
        elif how == "picks up":
            self.centre.exchange.picks_up(desk.mobile)
        else:
            self.centre.exchange.hangs_up(desk.mobile, "puts it down", "busy")

    @precondition(lambda self: self._talking())
    @rule(which=WHICH, heard=st.sampled_from(sorted(Heard)))
    def a_supervisor_is_in_a_talk(self, which: int, heard: Heard) -> None:
        talking = self._talking()
        talk = self.centre.talk_of(talking[which % len(talking)])
        if talk is not None:
            self.centre.sue.wishes(talk.call_id, heard)

    @precondition(lambda self: self.centre.sue.visit)
    @rule(how=st.sampled_from(("leaves", "loses the phone")))
    def a_supervisor(self, how: str) -> None:
        if how == "leaves":
            self.centre.sue.leaves()
        else:
            self.centre.sue.loses_phone()

    @rule(doors=st.sampled_from(DOORS), kind=st.sampled_from(("lost", "twice", "late")),
          seconds=st.sampled_from((0.3, 1.0, 6.0)))  # fmt: skip
    def a_webhook_of_a_phone_will_be_harmed(self, doors: tuple[str, ...], kind: str, seconds: float) -> None:
        self.centre.exchange.harms.append(Harm(doors, kind, seconds))

    def _waiting(self) -> list[Leg]:
        return [leg for leg in self.centre.living() if leg.place is Place.QUEUE]

    def _target(self, whom: str) -> tuple[str, str]:
        """A colleague who is free, as the desk's list shows; when nobody is, somebody who is not."""
        if whom == "a colleague":
            free = self.centre.free()
            return "agent", (free or [desk.id for desk in self.centre.desks])[0]
        return ("queue", "orders") if whom == "a queue" else ("number", OUTSIDE)

    def _rung(self) -> list[Desk]:
        return [
            desk
            for desk in self.centre.desks
            if desk.mobile is not None and desk.mobile.place in (Place.RINGING, Place.FLOW)
        ]
