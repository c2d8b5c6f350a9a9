"""What came of a crowd: the verdicts of tests/chaos, what was not served, and figures, all from ledger and API."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tests.chaos.chronicle import Chronicle
from tests.chaos.evidence import Evidence, Verdicts
from tests.chaos.judge import by_invariant, counts, is_clean
from tests.crowd.plan import Plan

FULL_SHARE = 0.98  # of the callers wanted at once: one leaves and the next one dials
HELD_SHARE = 0.95  # of the seconds for which the house is to be full
NOT_SERVED = 500


def unserved(evidence: Evidence) -> Mapping[str, list[str]]:
    """Requests of Twilio's and of desks that were answered by 500 or above, or by nothing in Twilio's time."""
    answered = [fact for fact in evidence.chronicle.facts if fact["kind"] == "webhook.answered"]
    return {
        "webhooks_5xx": [
            f"{one['status']} {one['purpose']} of {one['call']}"
            for one in answered
            if (one["status"] or 0) >= NOT_SERVED
        ],
        "webhooks_unanswered": [
            f"{one['failure']} {one['purpose']} of {one['call']}" for one in answered if one["failure"]
        ],
        "clicks_5xx": evidence.notes.errors,
    }


def report(plan: Plan, evidence: Evidence, verdicts: Verdicts) -> dict[str, Any]:
    """The last line of a run: `ok` when nothing was broken, everything served, and the house really stayed full."""
    bad, done = unserved(evidence), counts(evidence)
    full = full_seconds(evidence.chronicle, plan.calls)
    is_full = full >= HELD_SHARE * plan.seconds
    return {
        "ok": is_clean(verdicts) and not any(bad.values()) and is_full and bool(done["talks"]),
        **plan.as_json(),
        "full_s": round(full, 1),
        "callers": done.pop("calls"),
        **done,
        **_figures(evidence),
        "unserved": {name: len(several) for name, several in bad.items()},
        "verdicts": by_invariant(verdicts),
    }


def full_seconds(chronicle: Chronicle, calls: int) -> float:
    """How long so many callers, or nearly, were there at once, by the ledger."""
    steps = [(leg.began_at, 1) for leg in chronicle.callers]
    steps += [(leg.ended_at, -1) for leg in chronicle.callers if leg.ended_at is not None]
    full, here, since = 0.0, 0, 0.0
    for at, step in sorted(steps):
        if here >= FULL_SHARE * calls:
            full += at - since
        here, since = here + step, at
    return full


def _figures(evidence: Evidence) -> dict[str, Any]:
    chronicle = evidence.chronicle
    talks = chronicle.talks()
    met: dict[str, float] = {}
    for talk in talks:
        met[talk.caller] = min(met.get(talk.caller, talk.stay.since), talk.stay.since)
    waits = [met[leg.sid] - leg.queues[0].since for leg in chronicle.callers if leg.queues and leg.sid in met]
    asked = {fact["n"]: fact["at"] for fact in chronicle.facts if fact["kind"] == "webhook.asked"}
    answers = [
        1000 * (fact["at"] - asked[fact["asked"]])
        for fact in chronicle.facts
        if fact["kind"] == "webhook.answered"
    ]
    codes = Counter(str(code) for leg in chronicle.legs.values() for code, _ in leg.faults)
    return {
        "agents_who_talked": len({talk.agent for talk in talks}),
        "waited_s": _spread(waits),
        "webhooks": len(answers),
        "answered_ms": _spread(answers),
        "debugger": dict(sorted(codes.items())),
    }


def _spread(values: Sequence[float]) -> dict[str, float | None]:
    ordered = sorted(values)

    def at(share: float) -> float | None:
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1) if ordered else None

    return {"median": at(0.5), "p99": at(0.99), "longest": at(1.0)}
