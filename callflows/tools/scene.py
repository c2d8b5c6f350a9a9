"""What is given before a call is played: who calls, when, who is there, and what other systems would answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from callflows.faults import did_you_mean
from callflows.fields import BadValue
from callflows.flow import Flow
from callflows.kinds import parse_e164
from callflows.steps.ring import RingStep
from callflows.world import Staffing

# Reserved for films and examples, so that nobody is rung: https://nationalnanpa.com/number_resource_info/555_numbers.html
SOMEBODY = "+12025550123"
WITHHELD = "withheld"
FULL = "full"
TOO_LONG = "too_long"
EVERY_QUEUE = "*"
STAFFING_WORDS = (*Staffing, FULL, TOO_LONG)
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{1,2}:\d{2}")


@dataclass(frozen=True)
class Scene:
    """`at` is a moment (seconds since the epoch, UTC); `staffing` says who is there, by queue, `*` for the others."""

    at: float
    caller: str | None = SOMEBODY
    staffing: Mapping[str, str] = field(default_factory=dict)
    replies: Mapping[str, Any] = field(default_factory=dict)

    def staffing_of(self, queue: str) -> Staffing:
        """Who is there for a queue; agents are free when nothing else is said. Where callers find no place all are busy."""
        word = self._word(queue)
        return Staffing.ALL_BUSY if word in (FULL, TOO_LONG) else Staffing(word)

    def is_full(self, queue: str) -> bool:
        """Whether one more caller finds no place."""
        return self._word(queue) == FULL

    def is_too_long(self, queue: str) -> bool:
        """Whether one more caller would wait too long."""
        return self._word(queue) == TOO_LONG

    def _word(self, queue: str) -> str:
        return self.staffing.get(queue, self.staffing.get(EVERY_QUEUE, Staffing.AVAILABLE))


def parse_moment(text: str, timezone: str) -> float:
    """`2026-12-25 10:00` by the clock on the wall there, in seconds since the epoch."""
    if not MOMENT.fullmatch(text):
        raise BadValue(f"'{text}' is no moment; write year-month-day hour:minute, as in 2026-12-25 10:00")
    try:
        return (
            datetime.fromisoformat(text.replace(" ", "T").replace("T9:", "T09:"))
            .replace(tzinfo=ZoneInfo(timezone))
            .timestamp()
        )
    except ValueError:
        raise BadValue(f"there is no moment '{text}'; write such as 2026-12-25 10:00") from None


def parse_caller(text: str) -> str | None:
    """A caller's number, or the word `withheld`."""
    return None if text == WITHHELD else parse_e164(text)


def parse_staffing(text: str) -> dict[str, str]:
    """`nobody` for every queue, or `orders=nobody,advice=full` for some."""
    found: dict[str, str] = {}
    for one in text.split(","):
        queue, equals, word = one.strip().rpartition("=")
        found[queue.strip() if equals else EVERY_QUEUE] = staffing_word(word.strip())
    return found


def staffing_word(word: str) -> str:
    """One of the words for who is there."""
    if word not in STAFFING_WORDS:
        raise BadValue(f"'{word}' is no staffing{did_you_mean(word, STAFFING_WORDS)}")
    return word


def refuse_unknown_queues(staffing: Mapping[str, str], flow: Flow) -> None:
    """A queue that the flow does not have, or a person whom it does not ring, would silently change nothing."""
    rung = {step.whom for step in flow.steps.values() if isinstance(step, RingStep)}
    for queue in staffing:
        if queue != EVERY_QUEUE and queue not in flow.queues and queue not in rung:
            raise BadValue(
                f"the flow has no queue '{queue}'{did_you_mean(queue, [*flow.queues, *sorted(rung)])}"
            )
