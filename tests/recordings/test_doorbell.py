"""The doorbell: it hastens, never waits, and runs nothing that somebody else put into Redis."""

import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway
from rq import Callback, Queue
from rq.serializers import JSONSerializer

from recordings.answering import Answering
from tests.recordings.house import Hand
from tests.recordings.processes import Valkey
from voice.outbox import LONGEST_QUEUE, QUEUE, RING, Doorbell, RedisBell, doorbell


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    server = Valkey(tmp_path_factory.mktemp("valkey"))
    yield server
    server.stop()


@pytest.fixture
def client(valkey: Valkey) -> Iterator[Redis]:
    with valkey.client() as connection:
        connection.flushall()
        yield connection


@pytest.fixture
def handlers() -> Iterator[None]:
    """RQ takes over the signals of the process; here they are given back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def answered(client: Redis) -> list[str]:
    """What a worker does until the queue is empty."""
    done: list[str] = []
    Answering(client, QUEUE, done.append, threading.Event()).work(burst=True, logging_level="WARNING")
    return done


@pytest.mark.usefixtures("handlers")
def test_a_ring_reaches_a_worker_and_carries_the_id_alone(valkey: Valkey, client: Redis) -> None:
    bell = RedisBell(valkey.url)

    bell("ob_one")
    bell("ob_two")

    assert answered(client) == ["ob_one", "ob_two"]
    assert [key for key in client.keys("rq:job:*")] == []


@pytest.mark.usefixtures("handlers")
def test_what_is_no_ring_is_thrown_away_unrun(client: Redis, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    foreign = Queue(QUEUE, connection=client, serializer=JSONSerializer)
    foreign.enqueue_call("os.system", args=(f"touch {trace}",))
    foreign.enqueue_call(RING, args=("ob_one",), on_success=Callback("os.system"))
    foreign.enqueue_call(RING, args=("ob_one", "ob_two"))
    foreign.enqueue_call(RING, args=(["ob_one"],))
    pickled = Queue(QUEUE, connection=client)
    pickled.enqueue_call("os.system", args=(f"touch {trace}",))
    foreign.enqueue_call(RING, args=("ob_three",))

    assert answered(client) == ["ob_one", "ob_three"]

    assert not trace.exists()


def test_a_hung_redis_is_waited_for_a_tenth_of_a_second_at_most(valkey: Valkey, client: Redis) -> None:
    ring = doorbell(valkey.url)
    ring("ob_warm")

    with valkey.hung():
        began = perf_counter()
        ring("ob_one")
        waited = perf_counter() - began

    assert waited < 0.5  # 100 ms and what a loaded machine adds


def test_an_absent_redis_is_no_error_and_rests_the_bell(client: Redis) -> None:
    clock, rung = Hand(0.0), []

    def bell(outbox_id: str) -> None:
        rung.append(outbox_id)
        raise RedisAway

    ring = Doorbell(bell, clock.now)
    for second in range(20):
        clock.at = float(second)
        ring(str(second))

    assert rung == ["0", "1", "3", "7", "15"]  # rests 1, 2, 4, 8, 8 s


def test_a_bell_that_works_again_rests_no_more() -> None:
    clock, rung, away = Hand(0.0), [], [True]

    def bell(outbox_id: str) -> None:
        rung.append(outbox_id)
        if away:
            raise RedisAway

    ring = Doorbell(bell, clock.now)
    ring("a")
    clock.forward(1)
    away.clear()
    for name in "bcd":
        ring(name)

    assert rung == ["a", "b", "c", "d"]


def test_a_queue_that_nobody_answers_does_not_grow_without_end(valkey: Valkey, client: Redis) -> None:
    client.rpush(f"rq:queue:{QUEUE}", *(f"x{number}" for number in range(LONGEST_QUEUE)))

    RedisBell(valkey.url)("ob_one")

    assert client.llen(f"rq:queue:{QUEUE}") == LONGEST_QUEUE
