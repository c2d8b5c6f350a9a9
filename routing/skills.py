"""Who knows enough: levels from 1 to 100, asked for by callers and held by agents."""

from collections.abc import Iterable, Mapping


def who_knows(asked: Iterable[tuple[str, int]], held: Mapping[str, Mapping[str, int]]) -> frozenset[str]:
    """The agents who hold every skill at least at the level asked for; `held` are levels by skill and agent."""
    able = [
        frozenset(agent for agent, level in held.get(skill, {}).items() if level >= least)
        for skill, least in asked
    ]
    return frozenset.intersection(*able) if able else frozenset()
