"""What the simulator costs: JSON on standard output.

    python -m tests.simulator.bench [--waiting 1000] [--seconds 60] [--calls 10000]

`minute` is a call of 60 seconds in process (a menu, a key, a waiting room, a hang-up) against an application that does
nothing but answer, and the same call against the product: its turns, the loops that it runs each second whether there
are calls or not, the promises it keeps after an answer, and what is left for the simulator. `waiting` are so many calls
at once in waiting rooms at the wall's speed, over sockets, with the simulator on one core. `many` are so many calls one
after the other, and what is left of them in memory and descriptors; `over_sockets` are a quarter as many through the whole
program, its time five times as fast, after as many as it remembers.
"""

import argparse
import gc
import json
import logging
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from simulator import Account, Simulator, VirtualClock
from simulator.wire.outgoing import THREADS
from simulator.wire.service import CALLS_IN_MEMORY, Service
from tests.journeys.northwind import CUSTOMER, NORTHWIND
from tests.journeys.shop import Shop as ProductShop

NUMBER = "+15550100100"
WAIT = b"<Response><Say>please hold</Say><Pause length='18'/></Response>"
ANSWERS = {
    "/voice/incoming": b"<Response><Gather action='/menu' numDigits='1'><Say>Press one</Say></Gather></Response>",
    "/menu": b"<Response><Enqueue waitUrl='/wait' action='/after'>orders</Enqueue></Response>",
    "/wait": WAIT,
}
WAITING_APP = """
import http.server
class App(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = {enqueue!r} if self.path == "/voice/incoming" else {wait!r}
        self.wfile.write(b"HTTP/1.1 200 OK\\r\\nContent-Type: text/xml\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
    def log_message(self, *args):
        pass
http.server.ThreadingHTTPServer.request_queue_size = 128
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), App)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
"""


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m tests.simulator.bench", description=__doc__)
    words.add_argument("--waiting", type=int, default=1000)
    words.add_argument("--seconds", type=float, default=60.0)
    words.add_argument("--calls", type=int, default=10_000)
    given = words.parse_args()
    logging.disable(logging.WARNING)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    result = {
        "minute": {**minute(), "product": product_minute()},
        "many": many(given.calls),
        "over_sockets": over_sockets(given.calls // 4),
        "waiting": waiting(given.waiting, given.seconds),
    }
    print(json.dumps(result, indent=2))
    return 0


# ---- one call ------------------------------------------------------------------------------------------


def constant(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/xml")])
    return [ANSWERS.get(environ["PATH_INFO"], b"<Response/>")]


def simulator() -> Simulator:
    account = Account.demo(numbers=(NUMBER,))
    return Simulator(constant, account, VirtualClock(), keep_facts=500, keep_calls=50)


def one_call(sim: Simulator) -> None:
    caller = sim.call(NUMBER)
    caller.hears("Press one")
    caller.presses("1")
    caller.waits(60)
    caller.hangs_up()


def timed(times: int, call: Callable[[], None]) -> list[float]:
    """CPU milliseconds of each, after some to warm up."""
    for _ in range(10):
        call()
    spent = []
    for _ in range(times):
        began = time.process_time()
        call()
        spent.append(1000 * (time.process_time() - began))
    return spent


def minute() -> dict[str, Any]:
    sim = simulator()
    spent = timed(200, lambda: one_call(sim))
    return {
        "cpu_ms_median": round(statistics.median(spent), 2),
        "cpu_ms_p95": round(sorted(spent)[-10], 2),
        "wanted": 20,
    }


class TimedShop(ProductShop):
    """The product with its loops and promises timed: each second they run once, for one call as for a thousand."""

    def __init__(self, folder: Path) -> None:
        self.spent: dict[str, list[float]] = {"turns": [], "loops": [], "promises": []}
        super().__init__(folder)
        apps = self.sim.port._apps
        for origin, inner in list(apps.items()):
            apps[origin] = _watched(inner, self.spent["turns"])

    def _every(self, seconds: float, first_after: float, step: Callable[[float], object]) -> None:
        super()._every(seconds, first_after, lambda now: self._timed("loops", lambda: step(now)))

    def _later(self, job: Callable[[], None]) -> None:
        super()._later(lambda: self._timed("promises", job))

    def _timed(self, what: str, job: Callable[[], object]) -> None:
        began = time.process_time()
        try:
            job()
        finally:
            self.spent[what].append(1000 * (time.process_time() - began))


def product_minute() -> dict[str, Any]:
    """The same minute at the product's door: its turns, its loops and promises, and what remains for the simulator."""
    calls = 20
    with tempfile.TemporaryDirectory() as folder:
        shop = TimedShop(Path(folder))
        timed(1, lambda: _product_call(shop))
        for spent in shop.spent.values():
            spent.clear()
        began = time.process_time()
        for _ in range(calls):
            _product_call(shop)
        whole = 1000 * (time.process_time() - began) / calls
        parts = {name: sum(spent) / calls for name, spent in shop.spent.items()}
        return {
            "cpu_ms_a_call": round(whole, 2),
            "of_them_ms": {
                **{name: round(spent, 2) for name, spent in parts.items()},
                "simulator": round(whole - sum(parts.values()), 2),
            },
            "turn_cpu_ms_median": round(statistics.median(shop.spent["turns"]), 2),
            "turns_a_call": round(len(shop.spent["turns"]) / calls, 1),
            "loop_ms_a_second": round(parts["loops"] / 60, 2),
        }


def _watched(app: Any, turns: list[float]) -> Any:
    def watched(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        began = time.process_time()
        body = list(app(environ, start_response))
        turns.append(1000 * (time.process_time() - began))
        return body

    return watched


def _product_call(shop: ProductShop) -> None:
    caller = shop.sim.call(NORTHWIND, from_=CUSTOMER)
    caller.hears("For orders")
    caller.presses("1")
    caller.waits(60)
    caller.hangs_up()


# ---- many, one after the other -------------------------------------------------------------------------


def many(calls: int) -> dict[str, Any]:
    sim = simulator()
    for _ in range(max(100, calls // 10)):
        one_call(sim)
    before = _left()
    began = time.process_time()
    for _ in range(calls):
        one_call(sim)
    after = _left()
    return {
        "calls": calls,
        "cpu_seconds": round(time.process_time() - began, 1),
        "before": before,
        "after": after,
        "objects_grew_by": round(after["objects"] / before["objects"] - 1, 4),
    }


def _left() -> dict[str, int]:
    gc.collect()
    status = Path("/proc/self/status").read_text()
    kilobytes = int(status.partition("VmRSS:")[2].split()[0])
    return {
        "objects": len(gc.get_objects()),
        "resident_kb": kilobytes,
        "descriptors": len(os.listdir("/proc/self/fd")),
    }


def over_sockets(calls: int) -> dict[str, Any]:
    """The program itself, its clock 60 times as fast: descriptors and memory before and after."""
    with application() as url:
        account = Account.demo(base_url=url, numbers=(NUMBER,), status_path="/after")
        service = Service(account, seed=1, speed=5.0)
        thread = threading.Thread(target=service.run)
        thread.start()
        _in_turn(service, 200, a_second=200.0)  # as many connections and threads as there may be
        _in_turn(service, CALLS_IN_MEMORY + 500)
        before = _left()
        _in_turn(service, calls)
        after = _left()
        alerts = len(service.world.debugger)
        service.stop()
        thread.join()
    return {
        "calls": calls,
        "before": before,
        "after": after,
        "connections_kept_open_at_most": THREADS,
        "alerts": alerts,
    }


def _in_turn(service: Service, calls: int, a_second: float = 10.0) -> None:
    """So many a second of its own time, each for half a minute in the waiting room; back when all have ended."""
    done, left = threading.Event(), [calls]
    account = next(iter(service.world.accounts.values()))

    def dial() -> None:
        leg = service.world.exchange.incoming(account, NUMBER, CUSTOMER, None, "")
        service.world.kernel.after(30, lambda: service.world.exchange.hang_up(leg, "enough"))
        leg.ended.listen(ended)

    def ended() -> None:
        left[0] -= 1
        if not left[0]:
            service.world.kernel.after(60, done.set)

    def begin() -> None:
        for number in range(calls):
            service.world.kernel.after(number / a_second, dial)

    service.post(begin)
    assert done.wait(600), f"{left[0]} calls did not end"


# ---- many at once --------------------------------------------------------------------------------------


def waiting(calls: int, seconds: float) -> dict[str, Any]:
    """The simulator on the first core, the application on the others; lateness is of ten probes a second."""
    with application() as url:
        cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(cores)})
        try:
            return _wait_together(url, calls, seconds)
        finally:
            os.sched_setaffinity(0, cores)


@contextmanager
def application() -> Iterator[str]:
    """The address of a process of its own that answers always the same."""
    enqueue = b"<Response><Enqueue waitUrl='/wait' action='/after'>orders</Enqueue></Response>"
    script = WAITING_APP.format(enqueue=enqueue, wait=WAIT)
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout is not None
        try:
            yield f"http://127.0.0.1:{app.stdout.readline().strip()}"
        finally:
            app.terminate()


def _wait_together(url: str, calls: int, seconds: float) -> dict[str, Any]:
    account = Account.demo(base_url=url, numbers=(NUMBER,), status_path="/after")
    service = Service(account, seed=1)
    world, late = service.world, []
    thread = threading.Thread(target=service.run)
    thread.start()

    def dial(number: int) -> None:
        world.exchange.incoming(account, NUMBER, f"+1555{2_000_000 + number}", None, "")

    def probe(due: float) -> None:
        late.append(1000 * (world.kernel.clock.now() - due))
        world.kernel.at(due + 0.1, lambda: probe(due + 0.1))

    def begin() -> None:
        for number in range(calls):
            world.kernel.after(20 * number / calls, partial(dial, number))
        world.kernel.after(20, lambda: probe(world.now))

    service.post(begin)
    time.sleep(20)
    cpu, moment = time.process_time(), time.monotonic()
    asked = len(world.ledger)
    time.sleep(seconds)
    cpu, moment = time.process_time() - cpu, time.monotonic() - moment
    facts = len(world.ledger) - asked
    inside = sum(len(queue.members) for queue in world.queues.values())
    alerts = len(world.debugger)
    service.stop()
    thread.join()
    late.sort()
    return {
        "calls_in_waiting_rooms": inside,
        "wall_seconds": round(moment, 1),
        "cpu_share_of_one_core": round(cpu / moment, 3),
        "facts_a_second": round(facts / moment, 1),
        "late_ms": {
            "median": round(late[len(late) // 2], 2),
            "p99": round(late[int(len(late) * 0.99)], 2),
            "worst": round(late[-1], 2),
        },
        "alerts": alerts,
        "resident_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


if __name__ == "__main__":
    sys.exit(main())
