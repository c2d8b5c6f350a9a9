"""A queue's words about single agents become the plan of one caller: names of the flow become ids."""

from collections.abc import Callable, Mapping

from callflows.actions import JoinQueue, RequestCallback
from callflows.flow import Flow, QueueAgent
from routing.plan import Plan, Stage
from routing.skills import who_knows

Ids = Callable[[str], tuple[str, ...]]


def plan_of(flow: Flow, wish: JoinQueue | RequestCallback, ids: Ids) -> Plan:
    """The plan of who joins a queue; `ids` gives the ids behind a name, several for a team."""
    queue = flow.queues[wish.queue]
    terms: dict[str, QueueAgent] = {}
    for name, one in queue.agents.items():
        for agent_id in ids(name):
            terms.setdefault(agent_id, one)  # who is named twice keeps the first place
    levels = {skill: _held(flow.skills.get(skill, {}), ids) for skill in _asked(wish)}
    return Plan(
        stages=tuple(
            Stage(need.after_seconds, who_knows(need.levels, levels) if need.levels else None)
            for need in wish.needs
        ),
        tiers=tuple(sorted((float(after), name) for name, after in queue.tiers.items())),
        order=tuple(terms),
        weights={agent_id: one.weight for agent_id, one in terms.items() if one.weight != 1},
        ring_seconds={
            agent_id: one.ring_seconds for agent_id, one in terms.items() if one.ring_seconds is not None
        },
        wrap_up_seconds={
            agent_id: one.wrap_up_seconds
            for agent_id, one in terms.items()
            if one.wrap_up_seconds is not None
        },
    )


def _asked(wish: JoinQueue | RequestCallback) -> set[str]:
    return {skill for need in wish.needs for skill, _ in need.levels}


def _held(said: Mapping[str, int], ids: Ids) -> dict[str, int]:
    """How well each agent knows a skill; who knows it as one of a team and alone knows it as well as the better says."""
    found: dict[str, int] = {}
    for name, level in said.items():
        for agent_id in ids(name):
            found[agent_id] = max(level, found.get(agent_id, 0))
    return found
