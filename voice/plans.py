"""A queue's words about single agents become the plan of one caller: names of the flow become ids."""

from collections.abc import Mapping

from callflows.flow import QueueAgent
from routing.plan import Plan


def plan_of(said: Mapping[str, QueueAgent], named: Mapping[str, tuple[str, ...]]) -> Plan:
    """The plan; `named` are the ids behind each name, several for a team. Who is named twice keeps the first place."""
    terms: dict[str, QueueAgent] = {}
    for name, one in said.items():
        for agent_id in named.get(name, ()):
            terms.setdefault(agent_id, one)
    return Plan(
        order=tuple(terms),
        weights={agent_id: one.weight for agent_id, one in terms.items() if one.weight != 1},
        ring_seconds={
            agent_id: one.ring_seconds for agent_id, one in terms.items() if one.ring_seconds is not None
        },
    )
