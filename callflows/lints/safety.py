"""Nobody is left stranded, recorded unawares, or sent where it gets expensive."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import phonenumbers

from callflows.flow import Flow
from callflows.kinds import spoken_time
from callflows.lints.base import Finding, Subject
from callflows.lints.graph import needs_fallback, reachable
from callflows.steps.base import Step
from callflows.steps.callback import CallbackStep
from callflows.steps.forward import ForwardStep
from callflows.steps.hours import HoursStep
from callflows.steps.queue import QueueStep
from callflows.steps.recording import RecordingStep
from callflows.steps.ring import RingStep
from callflows.steps.voicemail import VoicemailStep

LONGEST_WITHOUT_KEY = 30 * 60
SECRET_KEYS = {
    "access_token", "api_key", "apikey", "auth", "authorization", "key", "passwd", "password", "secret", "token",
}  # fmt: skip


def unanswered_exits(subject: Subject) -> Iterator[Finding]:
    """Where there is no fallback, every step answers each way out of it."""
    if subject.flow.fallback is not None:
        return
    for name, step in subject.flow.steps.items():
        open_exits = _unanswered(step)
        if open_exits:
            text = f"step '{name}' has no answer for {', '.join(open_exits)}, and the flow has no fallback"
            yield Finding(step.place(), f"{text}; add 'fallback: <step>' above the steps, or answer each")


def unsafe_fallbacks(subject: Subject) -> Iterator[Finding]:
    """What the fallback leads to needs no fallback itself."""
    flow = subject.flow
    for name, step in reachable(flow, flow.fallback).items():
        open_exits = _unanswered(step)
        if open_exits:
            text = (
                f"the fallback leads to '{name}', which has no answer of its own for {', '.join(open_exits)}"
            )
            yield Finding(step.place(), f"{text}; answer each, ending in words, voicemail or forward")


def recorded_unawares(subject: Subject) -> Iterator[Finding]:
    """Nobody is recorded who was not told; the first such talk is named."""
    flow = subject.flow
    if flow.recording.announce or any(_asks_consent(step) for step in flow.steps.values()):
        return
    turned_on = any(isinstance(step, RecordingStep) and step.how == "on" for step in flow.steps.values())
    for name, step in reachable(flow, flow.start).items():
        if not isinstance(step, QueueStep | RingStep | ForwardStep):
            continue
        chosen = step.record if isinstance(step, QueueStep) else None
        if (flow.recording.on or turned_on) if chosen is None else chosen:
            text = f"the talk after '{name}' is recorded and nobody says so"
            yield Finding(
                step.place(),
                f"{text}; add 'recording: {{announce: \"...\"}}', or 'recording: {{record: no}}'",
            )
            return


def _asks_consent(step: Step) -> bool:
    return isinstance(step, RecordingStep) and step.say is not None


def closed_without_message(subject: Subject) -> Iterator[Finding]:
    """Who calls outside the hours can leave a message or reach somebody."""
    for step in subject.flow.steps.values():
        if isinstance(step, HoursStep) and not _can_be_reached(subject.flow, step.closed):
            text = "who calls when it is closed can leave no message"
            yield Finding(step.place("closed"), f"{text}; lead to a voicemail, a forward or a queue")


def queues_without_way_out(subject: Subject) -> Iterator[Finding]:
    """Who has waited as long as a queue allows has somewhere to go."""
    flow = subject.flow
    for name, step in flow.steps.items():
        if isinstance(step, QueueStep):
            after = step.timeout or flow.fallback
            if after is not None and after in flow.steps and not _can_be_reached(flow, after, but=name):
                text = f"who waits too long in '{step.queue}' can only hang up"
                yield Finding(
                    step.place("timeout"), f"{text}; lead to a voicemail, a forward or another queue"
                )


def queues_without_exit_key(subject: Subject) -> Iterator[Finding]:
    """Who may wait for more than half an hour has a key to leave by."""
    flow = subject.flow
    for step in flow.steps.values():
        queue = flow.queues.get(step.queue) if isinstance(step, QueueStep) else None
        if not isinstance(step, QueueStep) or queue is None or step.exit_keys or step.callback:
            continue
        longest = queue.max_wait_seconds if step.max_wait is None else step.max_wait
        if longest > LONGEST_WITHOUT_KEY:
            text = f"callers can wait {spoken_time(longest)} and have no key to leave the queue by"
            yield Finding(
                step.place(), f"{text}; add such as 'exit_keys: {{star: leave_message}}', and say so"
            )


def unmanned_queues(subject: Subject) -> Iterator[Finding]:
    """Every queue has agents, where an installation is at hand."""
    for name, queue in subject.flow.queues.items() if subject.live is not None else ():
        if subject.live is not None and name not in subject.live.manned_queues and not queue.teams:
            text = f"no agent takes callers of '{name}', so nobody could ever answer"
            yield Finding(
                subject.flow.place(f"queues.{name}"), f"{text}; give the queue to a team or an agent"
            )


def written_secrets(subject: Subject) -> Iterator[Finding]:
    """No secret stands in an endpoint's address or in what it is sent."""
    for name, endpoint in subject.flow.endpoints.items():
        query = parse_qsl(urlsplit(endpoint.url).query)
        for key, text, path in [
            *((key, value, "url") for key, value in query),
            *((key, value, f"send.{key}") for key, value in endpoint.send.items()),
        ]:
            if key.lower().replace("-", "_") in SECRET_KEYS and text and "{" not in text:
                why = f"'{key}' is a secret, and everybody who reads this file would know it"
                way_out = "give it to the operator, and name it with 'bearer'"
                yield Finding(subject.flow.place(f"endpoints.{name}.{path}"), f"{why}; {way_out}")


def forwards_abroad(subject: Subject) -> Iterator[Finding]:
    """Without a list of destinations no forward leaves the countries of the merchant's own numbers."""
    flow = subject.flow
    home = {_country(number) for number in flow.numbers}
    for step in flow.steps.values():
        if flow.forward_to or not isinstance(step, ForwardStep) or _country(step.number) in home:
            continue
        text = f"{step.number} is in another country than your own numbers, which may be expensive"
        way_out = "if it is meant, list it under 'forward_to', or say so with '# flow-ignore: forward-abroad'"
        yield Finding(step.place("forward"), f"{text}; {way_out}")


def forbidden_forwards(subject: Subject) -> Iterator[Finding]:
    """Where destinations are listed, every forward goes to one of them."""
    allowed = subject.flow.forward_to
    for step in subject.flow.steps.values():
        if not isinstance(step, ForwardStep) or not allowed or step.number in allowed:
            continue
        if phonenumbers.region_code_for_number(phonenumbers.parse(step.number)) not in allowed:
            text = f"{step.number} is not among the destinations under 'forward_to'"
            yield Finding(step.place("forward"), f"{text}; add it there, or forward to one of them")


def plain_http(subject: Subject) -> Iterator[Finding]:
    """What is asked of others is not readable on the way."""
    for name, endpoint in subject.flow.endpoints.items():
        if endpoint.url.startswith("http:"):
            text = "everybody on the way can read what is asked and answered; write https"
            yield Finding(subject.flow.place(f"endpoints.{name}.url"), text)


def _unanswered(step: Step) -> list[str]:
    return [exit_.name for exit_ in step.exits() if needs_fallback(exit_)]


def _can_be_reached(flow: Flow, first: str, but: str = "") -> bool:
    """Whether a person or a voicemail lies ahead."""
    ahead = reachable(flow, first).items()
    return any(
        isinstance(step, VoicemailStep | ForwardStep | QueueStep | RingStep | CallbackStep)
        for name, step in ahead
        if name != but
    )


def _country(number: str) -> int | None:
    return phonenumbers.parse(number).country_code
