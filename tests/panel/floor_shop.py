"""Facts of a day in a shop's queues, for tests of the floor."""

from typing import Any

from voice.runtime import Runtime


def day_of(
    rt: Runtime,
    merchant_id: str,
    queue: str,
    *,
    answered: tuple[float, ...] = (),
    abandoned: tuple[float, ...] = (),
    missed: int = 0,
    voicemails: int = 0,
) -> None:
    """Calls of today that are over: by the waits of those answered and of those who hung up, in seconds."""
    made = 0

    def tell(kind: str, after: float, **data: Any) -> None:
        rt.journal.write(
            tx, merchant_id, f"ca_{merchant_id}_{queue}_{made}", kind, rt.now() - 600 + after, **data
        )

    with rt.write() as tx:
        for waited in answered:
            made += 1
            tell("enqueued", 0, queue=queue)
            tell("answered", waited, queue=queue, waited=waited)
            tell("call_ended", 500, ended_as="answered")
        for waited in abandoned:
            made += 1
            tell("enqueued", 0, queue=queue)
            tell("abandoned", waited, queue=queue, waited=waited)
            tell("call_ended", waited, ended_as="abandoned")
        for number in range(missed + voicemails):
            made += 1
            tell("enqueued", 0, queue=queue)
            tell("dequeued", 300, queue=queue, why="timeout", waited=300)
            if number >= missed:
                tell("voicemail_recorded", 330, seconds=12)
            tell("call_ended", 340, ended_as="missed" if number < missed else "voicemail")
