"""The step `loop`."""

from dataclasses import dataclass
from zlib import crc32

from callflows.fields import required
from callflows.kinds import STEP_NAME, count
from callflows.notes import NoteKind
from callflows.steps.base import Move, Step, StepFailed, Visit, onward

# Their counts travel inside an address; a call can be inside so many at once.
MOST_LOOPS = 5


@dataclass(frozen=True, kw_only=True)
class LoopStep(Step):
    """Count how often a call comes here: so many times it goes on at `again`, then at `done`, and counts anew.

    three_times:
      loop: 3
      again: leave_message
      done: goodbye
    """

    verb = "loop"

    times: int = required(count(1, 20, "3"), "how many times", key="loop")
    # Bounded by its count, so a circle through it is no endless one.
    again: str = required(STEP_NAME, "the step for each time", missing_rule="dead-end")
    done: str = onward("the step after the last time")

    def enter(self, visit: Visit) -> Move:
        counts, own = dict(visit.session.counts), f"{crc32(self.name.encode()):x}"
        round_ = counts.pop(own, 0) + 1
        if round_ > self.times:
            return self.leave("done", changes={"counts": tuple(counts.items())})
        if len(counts) >= MOST_LOOPS:
            raise StepFailed(f"the call is inside more than {MOST_LOOPS} loops")
        note = self.note(NoteKind.LOOPED, round=round_)
        changes = {"counts": (*counts.items(), (own, round_))}
        return self.leave("again", notes=(note,), changes=changes)
