"""The step `http`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from callflows.actions import Request
from callflows.events import Event, Replied, ReplyOutcome
from callflows.fields import optional, required
from callflows.kinds import ENDPOINT_NAME, JSON_PATH, WORDS, table_of
from callflows.memory import Saved
from callflows.notes import NoteKind
from callflows.steps.base import Move, Step, StepFailed, Visit, Wait, onward, way_out
from callflows.texts import Words

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class HttpStep(Step):
    """Ask another system, such as the shop's own, and remember parts of its answer.

    The words are said while it is asked. `save` names variables and where in the JSON answer their values lie, as in
    `order.items.0.name`. An answer of at most 64 KB with a status 200 to 299 is `ok`; redirects are not followed.

    look_up:
      http: order_status
      say: "One moment, I am looking that up."
      save: {status: order.status}
      ok: tell_status
      error: leave_message
      timeout: leave_message
    tell_status: {hangup: "Your order is {status}."}
    """

    verb = "http"

    endpoint: str = required(ENDPOINT_NAME, "the endpoint to ask", key="http")
    say: Words | None = optional(WORDS, "what the caller hears meanwhile", None)
    save: Mapping[str, str] = optional(
        table_of(JSON_PATH, "variables", "{status: order.status}"),
        "variables and their places in the answer",
        NOTHING,
    )
    ok: str = onward("when the answer is good")
    error: str | None = way_out("when there is no good answer", silent=True)
    timeout: str | None = way_out("when the answer takes too long", otherwise="error", silent=True)

    def enter(self, visit: Visit) -> Move:
        endpoint = visit.flow.endpoints.get(self.endpoint)
        if endpoint is None:
            raise StepFailed(f"there is no endpoint '{self.endpoint}'")
        filler = (visit.say(self.say),) if self.say else ()
        request = Request(
            endpoint=self.endpoint,
            method=endpoint.verb,
            url=visit.write_address(endpoint.url),
            body=tuple((name, visit.write(text)) for name, text in endpoint.send.items()),
            bearer=endpoint.bearer or "",
            timeout_seconds=endpoint.timeout,
            save=tuple(self.save.items()),
        )
        return Wait((*filler, request), (self.note(NoteKind.SYSTEM_ASKED, endpoint=self.endpoint),))

    def resume(self, visit: Visit, event: Event) -> Move:
        match event:
            case Replied(outcome, values):
                note = self.note(NoteKind.SYSTEM_REPLIED, endpoint=self.endpoint, outcome=str(outcome))
                wanted = {name: value for name, value in values if name in self.save}
                changes = visit.remembering(wanted) if outcome is ReplyOutcome.OK and wanted else None
                return self.leave(str(outcome), notes=(note,), changes=changes)
            case _:
                return super().resume(visit, event)

    def saves(self) -> Iterator[Saved]:
        for name in self.save:
            yield Saved(name, self.place(f"save.{name}"))
