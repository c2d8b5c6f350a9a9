"""How one caller is to be routed, settled when the caller joins and kept with the place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Stage:
    """From so many seconds of waiting on these agents know enough (None: all do)."""

    after_seconds: float
    able: frozenset[str] | None

    def dump(self) -> list[Any]:
        """As JSON."""
        return [self.after_seconds, None if self.able is None else sorted(self.able)]

    @classmethod
    def load(cls, dumped: list[Any]) -> "Stage":
        """The stage of a dump."""
        after, able = dumped
        return cls(after, None if able is None else frozenset(able))


@dataclass(frozen=True)
class Plan:
    """Agents are named by their ids: `only` these are rung (None: whoever takes the queue), `order` is that of linear.

    `weights` are lots for random, one where nothing is said; `ring_seconds` how long a desk rings that differs, and
    `wrap_up_seconds` the same of an agent's notes; `stages` who knows enough, by the time waited, and `tiers` which
    queues help out after how long, both the earliest first; `preferred` is the one to be rung first, and for how many
    seconds of waiting nobody else is.
    """

    only: tuple[str, ...] | None = None
    order: tuple[str, ...] = ()
    weights: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    ring_seconds: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    stages: tuple[Stage, ...] = ()
    tiers: tuple[tuple[float, str], ...] = ()
    preferred: tuple[str, float] | None = None
    wrap_up_seconds: Mapping[str, float] = field(default_factory=lambda: NOTHING)

    def able_after(self, waited: float) -> frozenset[str] | None:
        """Who knows enough for a caller who has waited so long; None: everybody."""
        reached = [stage for stage in self.stages if stage.after_seconds <= waited]
        return reached[-1].able if reached else None

    def tiers_after(self, waited: float) -> tuple[str, ...]:
        """The queues that help out after so much waiting, in the order in which they began to."""
        return tuple(queue for after, queue in self.tiers if after <= waited)

    def rank(self, agent_id: str) -> int:
        """The place of an agent in the order; whoever is not in it comes behind."""
        return self.order.index(agent_id) if agent_id in self.order else len(self.order)

    def dump(self) -> dict[str, Any]:
        """As JSON; what is usual is left out."""
        said = {
            "only": None if self.only is None else list(self.only),
            "order": list(self.order) or None,
            "weights": dict(self.weights) or None,
            "ring": dict(self.ring_seconds) or None,
            "stages": [stage.dump() for stage in self.stages] or None,
            "tiers": [list(one) for one in self.tiers] or None,
            "wrap_up": dict(self.wrap_up_seconds) or None,
            "preferred": None if self.preferred is None else list(self.preferred),
        }
        return {name: value for name, value in said.items() if value is not None}

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> "Plan":
        """The plan of a dump; keys of newer versions are left alone."""
        only, preferred = dumped.get("only"), dumped.get("preferred")
        return cls(
            None if only is None else tuple(only),
            tuple(dumped.get("order", ())),
            dumped.get("weights", NOTHING),
            dumped.get("ring", NOTHING),
            tuple(Stage.load(one) for one in dumped.get("stages", ())),
            tuple((after, queue) for after, queue in dumped.get("tiers", ())),
            None if preferred is None else (preferred[0], preferred[1]),
            dumped.get("wrap_up", NOTHING),
        )


AS_USUAL = Plan()
