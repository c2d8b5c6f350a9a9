"""The step `callback`."""

from dataclasses import dataclass

from callflows.fields import one_of, optional, required
from callflows.kinds import QUEUE_NAME, WORDS, count, duration
from callflows.steps.base import Move, Step, StepFailed, Visit, onward, way_out
from callflows.texts import Words


@dataclass(frozen=True, kw_only=True)
class CallbackStep(Step):
    """Promise to call back while the caller keeps the place in the queue. Not served yet: take a voicemail instead.

    With `number: confirm` the caller's number is read back, with `ask` another one is entered.

    call_me_back:
      callback: sales
      number: confirm
      accepted: goodbye
      refused: leave_message
    """

    verb = "callback"
    served = False

    queue: str = required(QUEUE_NAME, "the queue whose agents call back", key="callback")
    number: str = optional(one_of(("confirm", "ask"), "a way"), "which number to call", "confirm")
    say: Words | None = optional(WORDS, "what the caller hears before", None)
    delay: int = optional(duration(0, 259_200, "10m"), "not sooner than this", 0)
    attempts: int = optional(count(1, 9, "3"), "how often it is tried", 3)
    retry: int = optional(duration(60, 259_200, "30m"), "the time between two attempts", 1800)
    accepted: str = onward("when a number is agreed on", silent=False)
    refused: str | None = way_out("when the caller does not want it, or gives no number")

    def enter(self, visit: Visit) -> Move:
        raise StepFailed("the step callback is not served yet")
