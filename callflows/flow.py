"""A merchant's call flow as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from callflows.blocking import Blocked, Retention
from callflows.calendars import CALENDAR
from callflows.endpoints import Endpoint
from callflows.faults import Place
from callflows.fields import one_of, optional, required
from callflows.hours import Calendar
from callflows.kinds import (
    CALENDAR_NAME,
    DESTINATION,
    HOLDERS,
    LANGUAGE,
    MODULE_FILE,
    NAME_TEXT,
    NUMBER,
    RELAXED,
    SIDE,
    SKILLS,
    SLUG_NAME,
    SOUND_FILES,
    STEP_NAME,
    TEAM,
    TIERS,
    VOICE,
    VOICES,
    WORDS,
    YES_NO,
    ZONE,
    count,
    duration,
    minutes,
    part,
    several,
    table_of,
)
from callflows.memory import NO_MEMORY, Memory
from callflows.steps import STEPS
from callflows.steps.base import Step
from callflows.supervision import UNSEEN, Supervision
from callflows.texts import Words, wordings
from callflows.waits import WAIT, Wait
from callflows.world import ENOUGH

NOTHING: Mapping[str, Any] = MappingProxyType({})
WHO_MUST_BE_THERE = tuple(ENOUGH)
STRATEGIES = ("longest_idle", "fewest_calls", "least_talk", "linear", "random", "broadcast")


@dataclass(frozen=True, kw_only=True)
class QueueAgent:
    """What is different for one agent, or for each agent of a team, in a queue; names are as in the step `ring`."""

    ring_seconds: int | None = optional(
        duration(5, 120, "40s"), "how long this desk rings, if not as long as the others", None, key="ring"
    )
    wrap_up_seconds: int | None = optional(
        duration(0, 3600, "60s"), "the time for notes, if not as long as the others'", None, key="wrap_up"
    )
    weight: int = optional(count(1, 100, "3"), "how many lots, for the strategy `random`", 1)


@dataclass(frozen=True, kw_only=True)
class Queue:
    """Where callers wait, and how agents are rung for them.

    `strategy` says which of the agents who are free is rung first: `longest_idle`, who was offered nobody for the longest
    time; `fewest_calls` and `least_talk`, since the shift began, where who comes later begins with as few as the least
    busy colleague; `linear`, in the order of `agents`, then the others; `random`, by lots, of which `agents` may
    give some more; `broadcast`, all at once, and the first who accepts has the caller. Who was rung last for a caller is
    rung again only when nobody else can be.

    Who must be there: `signed_in`, an agent of the queue or of one that helps out, who may be away; `not_away`, one who may
    be busy; `free`, one who could be rung now; `always`, nobody. The first caller of an empty queue is always let in where
    `max_estimate` or `max_per_agent` would divert others; without two answers in the last ten minutes there is no estimate.

    queues:
      sales: {ring: 20s, max_wait: 10m}
      repairs:
        strategy: linear
        agents: {ann_lee: {ring: 40s}, ben: {}}
        all_tried: leave
        stay_if: not_away
        max_estimate: 15m
    """

    ring_seconds: int = optional(duration(5, 120, "20s"), "how long one agent's desk rings", 20, key="ring")
    wrap_up_seconds: int = optional(
        duration(0, 3600, "30s"), "an agent's time for notes after a talk", 30, key="wrap_up"
    )
    max_wait_seconds: int = optional(
        duration(5, 4 * 3600, "30m"), "the longest wait; then the step's `timeout`", 1800, key="max_wait"
    )
    capacity: int | None = optional(
        count(1, 5000, "50"), "how many callers may wait; one more gets the step's `full`", None
    )
    join_if: str = optional(
        one_of(WHO_MUST_BE_THERE, "a word"),
        "who must be there to let a caller in, where the step has `no_agents`",
        "signed_in",
    )
    stay_if: str = optional(
        one_of(WHO_MUST_BE_THERE[:-1], "a word"),
        "who must be left for callers to wait on; else they leave by `no_agents`, where the step has it",
        "always",
    )
    stay_seconds: int = optional(
        duration(0, 600, "30s"), "how long they wait on after the last agent has gone", 30, key="stay_for"
    )
    max_estimate_seconds: int | None = optional(
        duration(60, 4 * 3600, "10m"),
        "the longest estimated wait with which a caller is let in; then the step's `too_long`",
        None,
        key="max_estimate",
    )
    max_per_agent: int | None = optional(
        count(1, 1000, "5"),
        "how many may wait for each agent who is there; one more gets the step's `too_long`",
        None,
    )
    teams: tuple[str, ...] = optional(
        several(TEAM, "teams"), "whose agents take its callers, beside those of the panel", ()
    )
    skills: Mapping[str, int] = optional(SKILLS, "what an agent must know, and how well at least", NOTHING)
    relax: tuple[tuple[int, Mapping[str, int]], ...] = optional(
        RELAXED, "which skills are enough for callers who have waited so long; `{}`: anybody", ()
    )
    tiers: Mapping[str, int] = optional(
        TIERS,
        "queues whose agents take callers, too, who have waited so long; its own are rung first",
        NOTHING,
    )
    service_level_seconds: int = optional(
        duration(1, 3600, "20s"), "answered within this time counts as good service", 20, key="service_level"
    )
    short_abandon_seconds: int = optional(
        duration(0, 120, "5s"), "who hangs up sooner does not count as lost", 5, key="short_abandon"
    )
    priority_minutes: int = optional(
        minutes(600), "a head start on the callers of other queues", 0, key="priority"
    )
    strategy: str = optional(one_of(STRATEGIES, "a strategy"), "which agent is rung first", STRATEGIES[0])
    agents: Mapping[str, QueueAgent] = optional(
        table_of(part(QueueAgent, "an agent", "{weight: 3}"), "agents", "{ann_lee: {ring: 40s}}", "person"),
        "what is different for single agents, and their order",
        NOTHING,
    )
    all_tried: str = optional(
        one_of(("again", "leave"), "a word"),
        "when everybody who is there was rung in vain: ring them `again`, or `leave` the queue by `no_answer`",
        "again",
    )
    announce_position: bool = optional(YES_NO, "whether waiting callers hear their place", True)
    hours: str | None = optional(
        CALENDAR_NAME, "the calendar outside which nobody is called back; always when left out", None
    )
    recall_seconds: int = optional(
        duration(0, 3600, "2m"),
        "who hung up while waiting and calls again within this time has the same place; 0s: a new one",
        120,
        key="recall",
    )

    @property
    def rung_in_order(self) -> tuple[str, ...]:
        """The agents whose order in the file counts."""
        return tuple(self.agents) if self.strategy == "linear" else ()


@dataclass(frozen=True, kw_only=True)
class Recording:
    """Whether talks are recorded, and the words that say so before the first of them.

    recording:
      announce: "This call is recorded to improve our service."
    """

    on: bool = optional(
        YES_NO, "whether talks with agents and forwarded calls are recorded", True, key="record"
    )
    announce: Words | None = optional(
        WORDS, "said once, before the first queue, ring, forward or voicemail", None
    )
    who: str = optional(SIDE, "which side of a talk is recorded: both, caller or agent", "both")


NO_RECORDING_PART = Recording(on=True, announce=None)


@dataclass(frozen=True, kw_only=True)
class Flow:
    """Everything that one merchant's file says."""

    version: int = required(count(1, 1, "1"), "the version of this language", key="flow_version")
    merchant: str = required(SLUG_NAME, "the merchant's short name, unique in this installation")
    name: str = required(NAME_TEXT, "the merchant's name as callers hear it")
    timezone: str = required(ZONE, "where the merchant is", missing_rule="hours-without-timezone")
    language: str = optional(LANGUAGE, "the language of the texts", "en-US")
    voice: str | None = optional(VOICE, "the voice that speaks them", None)
    voices: Mapping[str, str] = optional(
        VOICES, "the voices of further languages, for the step `language`", NOTHING
    )
    numbers: tuple[str, ...] = required(
        several(NUMBER, "telephone numbers"), "the numbers that this flow answers"
    )
    include: tuple[str, ...] = optional(
        several(MODULE_FILE, "files"), "files of modules beside this file, for the step `flow`", ()
    )
    blocked: Blocked | None = optional(
        part(Blocked, "blocked", '{numbers: ["+12025550666"], say: "Goodbye."}'),
        "callers who are not served",
        None,
    )
    forward_to: tuple[str, ...] = optional(
        several(DESTINATION, "numbers or countries"),
        "where calls and messages may go, as numbers or countries such as US; your own when it is left out",
        (),
    )
    retention: Retention | None = optional(
        part(Retention, "retention", "{recordings: 90d}"), "how long things are kept", None
    )
    audio: Mapping[str, Words] = optional(
        table_of(SOUND_FILES, "sounds", "{welcome: northwind/welcome.wav}"),
        "sound files beside this file, one for each language where that matters",
        NOTHING,
    )
    queues: Mapping[str, Queue] = optional(
        table_of(part(Queue, "a queue", "{ring: 20s}"), "queues", "{sales: {ring: 20s}}"),
        "where callers wait",
        NOTHING,
    )
    waits: Mapping[str, Wait] = optional(
        table_of(WAIT, "waits", "{calm: [{position: 2m}]}"), "what callers hear while they wait", NOTHING
    )
    skills: Mapping[str, Mapping[str, int]] = optional(
        table_of(HOLDERS, "skills", "{french: {ann_lee: 80, front_desk: 20}}"),
        "what agents and teams know, from 1 to 100",
        NOTHING,
    )
    calendars: Mapping[str, Calendar] = optional(
        table_of(CALENDAR, "calendars", "{shop: {mon-fri: 09:00-17:00}}"), "opening hours", NOTHING
    )
    endpoints: Mapping[str, Endpoint] = optional(
        table_of(
            part(Endpoint, "an endpoint", '{url: "https://shop.example/orders"}'),
            "endpoints",
            '{order_status: {url: "https://shop.example/orders/{order}"}}',
        ),
        "other systems that the step `http` asks",
        NOTHING,
    )
    ticket_fields: Mapping[str, str] = optional(
        table_of(NAME_TEXT, "ticket fields", '{reason: "Reason for calling"}'),
        "the fields that the step `ticket` can write, and what agents read beside them",
        NOTHING,
    )
    recording: Recording = optional(
        part(Recording, "recording", '{announce: "This call is recorded."}'),
        "recording and consent",
        NO_RECORDING_PART,
    )
    supervision: Supervision = optional(
        part(Supervision, "supervision", "{show_listening: yes}"),
        "what agents see of supervisors who listen",
        UNSEEN,
    )
    start: str = required(STEP_NAME, "the step that answers", missing_rule="no-start")
    fallback: str | None = optional(STEP_NAME, "the step for everything that no exit answers", None)

    steps: Mapping[str, Step] = required(STEPS, "what happens, step by step")

    digest: str = ""  # the sha256 of what it means, in hex
    memory: Memory = field(default=NO_MEMORY, compare=False, repr=False)
    file: str = field(default="", compare=False)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)
    # by file ("" is the flow's own) and line
    ignores: Mapping[tuple[str, int], tuple[tuple[str, Place], ...]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def sound_files(self) -> frozenset[str]:
        """The paths of all its sounds, beside the file."""
        return frozenset(path for sound in self.audio.values() for _, path in wordings(sound))

    def voice_for(self, language: str) -> str | None:
        """The voice that speaks a language; None for the line's usual one."""
        return self.voice if language == self.language else self.voices.get(language)

    def place(self, path: str = "") -> Place:
        """Where a value of the file stands."""
        return self.places.get(path) or Place(1, 1)
