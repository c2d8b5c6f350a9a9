"""How one caller is to be routed, settled when the caller joins and kept with the place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Plan:
    """`only` are the ids of the only agents to be rung; None: whoever takes the queue."""

    only: tuple[str, ...] | None = None

    def dump(self) -> dict[str, Any]:
        """As JSON; what is usual is left out."""
        return {} if self.only is None else {"only": list(self.only)}

    @classmethod
    def load(cls, dumped: Mapping[str, Any]) -> "Plan":
        """The plan of a dump; keys of newer versions are left alone."""
        only = dumped.get("only")
        return cls(None if only is None else tuple(map(str, only)))
