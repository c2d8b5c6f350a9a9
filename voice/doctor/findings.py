"""What a check found, and how checks are run: one that breaks is a finding too, never the end of the others."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

import requests

from voice.carrier_faults import CarrierAway
from voice.logs import veil


@dataclass(frozen=True)
class Finding:
    """The outcome of one check; `way_out` is a sentence for the operator when it failed."""

    check: str
    ok: bool
    said: str
    way_out: str = ""

    def line(self) -> str:
        """For a terminal."""
        text = f"{'ok  ' if self.ok else 'FAIL'}  {self.check:<22} {self.said}"
        return text if self.ok else f"{text}\n{'':<29}{self.way_out}"


class Ill(Exception):
    """A check failed: what was seen, and the way out."""

    def __init__(self, said: str, way_out: str) -> None:
        super().__init__(said)
        self.way_out = way_out


Check = tuple[str, Callable[[], str]]  # its name; what it saw when all is well, else Ill is raised


def run(checks: Iterable[Check]) -> list[Finding]:
    """Every check, in order; no finding shows a secret or a whole number."""
    return [_one(name, check) for name, check in checks]


def as_json(findings: Iterable[Finding]) -> str:
    """For machines."""
    return json.dumps([asdict(one) for one in findings], indent=2, ensure_ascii=False)


def _one(name: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, veil(check()))
    except Ill as ill:
        return Finding(name, False, veil(str(ill)), ill.way_out)
    except CarrierAway as away:
        return Finding(name, False, *_why_away(away))
    except Exception as broken:
        said = f"{type(broken).__name__}: {broken}".partition("\n")[0]
        return Finding(name, False, veil(said), "the checks above may tell why; mend those first")


def _why_away(away: CarrierAway) -> tuple[str, str]:
    """What was seen of a carrier that gave no answer or a bad one, and the way out."""
    cause = away.__cause__
    if isinstance(cause, requests.RequestException | OSError):
        return (
            "Twilio is not reached from here",
            "is the network up, and may this machine call out by https? See TWILIO_API_URL, https://status.twilio.com",
        )
    page = (
        cause.args[-1] if cause is not None and cause.args else None
    )  # the SDK tells of lists in another way
    status = getattr(cause, "status", None) or getattr(page, "status_code", "nothing useful")
    return f"Twilio answers {status}", "try again in a minute; see https://status.twilio.com"
