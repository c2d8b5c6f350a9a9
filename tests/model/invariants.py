"""What must be so at every moment."""

from tests.model.protocol import AGENTS, AgentLeg, Caller, Leg, Row, State

OWNED = (Row.CLAIMED, Row.BRIDGING, Row.CONNECTED)


def fault(state: State) -> str | None:
    """The first thing that is wrong, in words; None when all is well."""
    return _double_bridge(state) or _double_ownership(state) or _strangers(state) or _stranded(state)


def _double_bridge(state: State) -> str | None:
    pairs = _bridged(state)
    if len({leg.agent for _, leg in pairs}) < len(pairs):
        return "an agent talks with two callers"
    if len({number for number, _ in pairs}) < len(pairs):
        return "a caller talks with two agents"
    return None


def _double_ownership(state: State) -> str | None:
    owners = [caller.agent for caller in state.callers if caller.row in OWNED]
    if len(set(owners)) < len(owners):
        return "an agent has two callers"
    for agent in AGENTS:
        rings = sum(1 for offer in state.offers if offer.agent == agent)
        if rings > 1 or (rings and state.on_call[agent]):
            return "an agent rings twice, or in a talk"
        if state.on_call[agent] != (agent in owners):
            return "an agent is kept for a caller who is not theirs"
    return None


def _strangers(state: State) -> str | None:
    """Who hears each other belongs together, or is about to be parted."""
    for number, leg in _bridged(state):
        caller = state.callers[number]
        belongs = (caller.agent, caller.generation) == (leg.agent, leg.generation)
        if not belongs and leg not in state.ends_written and not _is_poked(caller):
            return "a caller talks with an agent who is not theirs"
    return None


def _stranded(state: State) -> str | None:
    """Every leg is somewhere where something is going to happen to it. A waiting caller has a deadline by being one."""
    for number, caller in enumerate(state.callers):
        if caller.leg in (Leg.GONE, Leg.FETCHING) or _is_poked(caller):
            continue
        if caller.row is Row.OVER:
            return "a caller is forgotten: the row is over, the leg is not"
        if caller.row is Row.WAITING and caller.leg is Leg.ROOM:
            return "a caller waits in an empty room"
        if caller.row is Row.BRIDGING and caller.leg is Leg.QUEUE:
            continue  # the claim's deadline takes the caller back
        if caller.row is Row.CONNECTED and not _has_agent(state, number):
            return "a caller is connected with nobody"
    return None


def _bridged(state: State) -> list[tuple[int, AgentLeg]]:
    return [
        (leg.caller, leg)
        for leg in state.legs
        if leg.is_inside
        and state.callers[leg.caller].leg is Leg.ROOM
        and state.callers[leg.caller].room == leg.generation
    ]


def _has_agent(state: State, number: int) -> bool:
    caller = state.callers[number]
    return any(
        (leg.agent, leg.caller, leg.generation) == (caller.agent, number, caller.generation)
        for leg in state.legs | state.lost_due
    )


def _is_poked(caller: Caller) -> bool:
    return caller.poke_written or caller.poke_sent is not None
