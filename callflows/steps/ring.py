"""The step `ring`."""

from dataclasses import dataclass

from callflows.actions import RingAgents
from callflows.events import Event, RingEnded
from callflows.fields import ENDS, optional, required
from callflows.kinds import PERSON, duration
from callflows.notes import NoteKind
from callflows.steps.base import Move, Step, Visit, Wait, way_out


@dataclass(frozen=True, kw_only=True)
class RingStep(Step):
    """Ring one agent, or all of a team at once, without a queue. After a talk the call ends, unless `answered` leads on.

    The name is a team's, or else an agent's, in small letters with _ for spaces: Ann Lee is ann_lee. Each is rung once:
    when all of them declined or let it ring, the call goes on before the time is over.

    ring_the_owner:
      ring: owner
      time: 20s
      no_answer: leave_message
      away: leave_message
    """

    verb = "ring"
    recorded = True

    whom: str = required(PERSON, "the agent or team", key="ring")
    time: int = optional(duration(5, 120, "25s"), "how long it rings", 25)
    wrap_up: int = optional(duration(0, 3600, "30s"), "an agent's time for notes after the talk", 30)
    answered: str | None = way_out("after the talk", otherwise=ENDS)
    no_answer: str | None = way_out("when nobody answers", silent=True)
    busy: str | None = way_out(
        "when everybody who is there talks or writes notes", otherwise="no_answer", silent=True
    )
    away: str | None = way_out(
        "when nobody is signed in, or all are on a break", otherwise="no_answer", silent=True
    )

    def enter(self, visit: Visit) -> Move:
        rung = RingAgents(self.whom, self.time, self.wrap_up, record=visit.records, side=visit.side)
        return Wait((rung,), (self.note(NoteKind.AGENTS_RUNG, whom=self.whom),))

    def resume(self, visit: Visit, event: Event) -> Move:
        match event:
            case RingEnded(outcome):
                return self.leave(str(outcome))
            case _:
                return super().resume(visit, event)
