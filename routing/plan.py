"""How one caller is to be routed, settled when the caller joins and kept with the place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Plan:
    """Agents are named by their ids: `only` these are rung (None: whoever takes the queue), `order` is that of linear.

    `weights` are lots for random, one where nothing is said; `ring_seconds` how long a desk rings that differs.
    """

    only: tuple[str, ...] | None = None
    order: tuple[str, ...] = ()
    weights: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    ring_seconds: Mapping[str, float] = field(default_factory=lambda: NOTHING)

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
        }
        return {name: value for name, value in said.items() if value is not None}

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> "Plan":
        """The plan of a dump; keys of newer versions are left alone."""
        only = dumped.get("only")
        return cls(
            None if only is None else tuple(only),
            tuple(dumped.get("order", ())),
            dumped.get("weights", NOTHING),
            dumped.get("ring", NOTHING),
        )


AS_USUAL = Plan()
