"""What a <Dial> was told, whatever it dials."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.recordings import Order


@dataclass(frozen=True)
class Dialling:
    """Seconds for timeout and time_limit; caller_id is "" when the call's own From counts."""

    timeout: int
    time_limit: int
    hangup_on_star: bool
    answer_on_bridge: bool
    sequential: bool
    caller_id: str
    record: Order | None
