"""What came of a crowd: the verdicts of tests/chaos, what was not served, and figures, all from ledger and API."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tests.chaos.chronicle import Chronicle
from tests.chaos.evidence import Evidence, Verdicts
from tests.chaos.judge import by_invariant, counts, is_clean
from tests.crowd.plan import Plan

FULL_SHARE = 0.98  # of the callers wanted at once: one leaves and the next one dials
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
    """The last line of a run: `ok` when nothing was broken, everything served, and the house was really full."""
    bad, most = unserved(evidence), most_at_once(evidence.chronicle)
    done = counts(evidence)
    is_full = most >= FULL_SHARE * plan.calls
    return {
        "ok": is_clean(verdicts) and not any(bad.values()) and is_full and bool(done["talks"]),
        **plan.as_json(),
        "most_at_once": most,
        "callers": done.pop("calls"),
        **done,
        **_figures(evidence),
        "unserved": {name: len(several) for name, several in bad.items()},
        "verdicts": by_invariant(verdicts),
    }


def most_at_once(chronicle: Chronicle) -> int:
    """The most callers at one moment, by the ledger."""
    steps = [(leg.began_at, 1) for leg in chronicle.callers]
    steps += [(leg.ended_at, -1) for leg in chronicle.callers if leg.ended_at is not None]
    most = here = 0
    for _, step in sorted(steps):
        here += step
        most = max(most, here)
    return most


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
