"""Who comes in a run and when, and what for: drawn from a seed, so that caller 17 of seed 1 is always the same."""

import math
import random
from dataclasses import asdict, dataclass
from typing import Any

from tests.chaos.plan import NUMBERS, WISHES, Call, Wish

SHORTEST_SECONDS = 20
USUAL_ARRIVALS = 4.0  # a second, until the house is full
EMPTIES_SHARE = 0.5  # of the time that filling took
TALK_SHARES = (0.5, 1.5)  # of SECONDS: three minutes in the middle of the usual run
PATIENCE_SHARES = (0.1, 0.4)
NUMBERS_OF_AREA, FIRST_AREA, FIRST_NUMBER = 9_000, 202, 1_000


@dataclass(frozen=True)
class Plan:
    """A run: so many callers at once for so many seconds, and so many agents."""

    seed: int
    seconds: int
    calls: int
    agents: int
    arrivals: float = USUAL_ARRIVALS

    def __post_init__(self) -> None:
        if self.seconds < SHORTEST_SECONDS:
            raise ValueError(
                f"SECONDS is {self.seconds}; give {SHORTEST_SECONDS} or more, or no talk has an end"
            )
        if self.calls < 1:
            raise ValueError(f"CALLS is {self.calls}; give 1 or more")
        if self.agents < len(NUMBERS):
            raise ValueError(f"AGENTS is {self.agents}; give {len(NUMBERS)} or more, one for each merchant")
        if self.arrivals <= 0:
            raise ValueError(f"ARRIVALS is {self.arrivals:g}; give more than 0")

    @property
    def filled_at(self) -> float:
        """When everybody is there, in seconds after the beginning."""
        return self.calls / self.arrivals

    @property
    def closes_at(self) -> float:
        """When the last caller has come: the house was full for `seconds`."""
        return self.filled_at + self.seconds

    @property
    def lasts(self) -> float:
        """When the last caller has left."""
        return self.closes_at + EMPTIES_SHARE * self.filled_at

    def wanted(self, since: float) -> int:
        """How many callers are to be there, so many seconds after the beginning."""
        if since >= self.closes_at:
            return 0
        return min(self.calls, math.ceil(self.arrivals * since))

    def starts_at(self, agent: int) -> float:
        """When an agent's shift begins: about as many agents come as callers that they can take."""
        return self.filled_at * agent / self.agents

    def caller(self, place: int) -> Call:
        """The caller who dials as number `place`, counted from 0."""
        lots = random.Random(f"{self.seed}:{place}")
        wish = lots.choice(WISHES)
        shares = PATIENCE_SHARES if wish is Wish.GIVE_UP else TALK_SHARES
        area, number = divmod(place, NUMBERS_OF_AREA)
        return Call(
            0.0,  # comes as soon as there is room
            f"+1{FIRST_AREA + area}555{FIRST_NUMBER + number}",
            lots.choice(NUMBERS),
            wish,
            round(self.seconds * lots.uniform(*shares), 1),
        )

    def leaves_after(self, call: Call) -> float:
        """How long after the closing a caller who is still there hangs up, in seconds."""
        lots = random.Random(f"{self.seed}:{call.number}:leaves")
        return lots.uniform(0.0, self.lasts - self.closes_at)

    def as_json(self) -> dict[str, Any]:
        """For the last line of a run."""
        return asdict(self)
