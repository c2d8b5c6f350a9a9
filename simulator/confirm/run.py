"""Runs a probe: serves its documents, lets the robot call, and says what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulator.confirm.probes import Probe
from simulator.confirm.seen import Api, Asked, Form, Seen
from simulator.http import HttpReply

XML = (("Content-Type", "text/xml"),)


@dataclass(frozen=True)
class Finding:
    """What a probe saw beside what the simulator assumes."""

    id: str
    expected: str
    found: str

    @property
    def agrees(self) -> bool:
        return self.found == self.expected


class Desk:
    """Answers Twilio's requests for the probe that runs now, and keeps them."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._probe: Probe | None = None
        self._seen: Seen | None = None

    def begin(self, probe: Probe, seen: Seen) -> None:
        self._probe, self._seen = probe, seen

    def answer(self, path: str, form: Form, headers: Form) -> HttpReply:
        """path is what follows the base address."""
        if self._probe is None or self._seen is None:
            return HttpReply(404)
        self._seen.asked.append(Asked(self._now(), path, form, headers))
        page = self._probe.pages.get(path)
        if page is None:
            return HttpReply(200, XML, b"<Response/>") if path == "/status" else HttpReply(404)
        text = filled(page, self._probe, self._seen)
        if text.startswith("302 "):
            return HttpReply(302, (("Location", text[4:]),))
        return HttpReply(200, XML, f"<Response>{text}</Response>".encode())


def filled(text: str, probe: Probe, seen: Seen) -> str:
    return text.replace("{base}", seen.base).replace("{id}", probe.id)


def run(probe: Probe, desk: Desk, api: Api, base: str, from_: str, to: str) -> Finding:
    """One probe from its call to its finding; all its calls are over afterwards."""
    seen = Seen(api, base, from_, to)
    desk.begin(probe, seen)
    robot = f"<Response>{filled(probe.caller, probe, seen)}</Response>"
    call = seen.rest("POST", "Calls.json", To=to, From=from_, Twiml=robot)
    if call.status != 201:
        return Finding(probe.id, probe.expected, f"the call was refused: {call.short}")
    if probe.act is not None:
        api.wait(probe.act_after)
        probe.act(seen)
        api.wait(max(0.0, probe.seconds - probe.act_after))
    else:
        api.wait(probe.seconds)
    found = probe.sees(seen)
    seen.rest("POST", f"Calls/{call.body['sid']}.json", Status="completed")
    api.wait(3)
    return Finding(probe.id, probe.expected, found)
