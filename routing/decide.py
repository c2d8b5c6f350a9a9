"""Which offers to make now: callers in order, each to the best free agent, or to all of them."""

from routing.match import chosen, place
from routing.snapshot import MakeOffer, Snapshot


def decide(snapshot: Snapshot, now: float) -> tuple[MakeOffer, ...]:
    """Offers for as many callers as there are agents; applying them and deciding again gives none."""
    free = {agent.id: agent for agent in snapshot.agents}
    offers = []
    for caller in sorted(snapshot.callers, key=place):
        for agent in chosen(caller, free.values(), now):
            del free[agent.id]
            offers.append(MakeOffer(caller.id, agent.id))
    return tuple(offers)
