"""What a call costs: the simulator must not be what tests and benches wait for."""

import gc
import statistics
import time

from simulator import Simulator, VirtualClock
from tests.simulator.pages import NUMBER, Pages, Shop


class Forgetful(Pages):
    """Without the official validator, and remembering nothing: both cost more than a call."""

    def _judge(self, environ: object, asked: object) -> None:
        self.asked.clear()


def shop() -> Shop:
    app = Forgetful()
    app["/voice/incoming"] = '<Gather action="/menu" numDigits="1"><Say>Press one</Say></Gather>'
    app["/menu"] = '<Enqueue waitUrl="/wait" action="/after">orders</Enqueue>'
    app["/wait"] = "<Say>please hold</Say><Pause length='9'/>"
    app["/after"] = app["/voice/status"] = ""
    sim = Simulator(app, app.account, VirtualClock(), keep_facts=500, keep_calls=50)
    return Shop(sim, app)


def one_call(shop: Shop) -> None:
    """A minute: a menu, a key, a waiting room asked six times, a hang-up."""
    caller = shop.sim.call(NUMBER)
    caller.hears("Press one")
    caller.presses("1")
    caller.waits(60)
    caller.hangs_up()


def test_a_minutes_call_costs_at_most_20_milliseconds() -> None:
    open_shop = shop()
    spent = []
    for _ in range(40):
        began = time.process_time()
        one_call(open_shop)
        spent.append(time.process_time() - began)

    assert statistics.median(spent) < 0.020


def test_memory_stays_flat_over_many_calls() -> None:
    open_shop = shop()
    for _ in range(60):
        one_call(open_shop)
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(120):
        one_call(open_shop)
    gc.collect()

    world = open_shop.sim.world
    assert (len(world.legs), len(world.ledger.after(0))) == (50, 500)
    assert len(gc.get_objects()) < before * 1.05
