"""A call stays cheap: what its doors, clicks and jobs ask of SQL is counted, and the clock's idle second is one look."""

from contextlib import ExitStack
from pathlib import Path

from tests.bench.calls import bench
from tests.postgres.server import PostgresServer

ROUNDS = ("clock, a round", "worker, a look", "push, a look")
MOST_OF_A_CALL = 135  # statements; 129 today
MOST_OF_ONE = {
    "voice room": 3,
    "api offers accept": 9,
    "voice turn": 19,
    "clock, a round": 2.1,
}


def test_a_call_from_dialling_to_the_ticket_asks_no_more_than_it_did(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    with ExitStack() as end:
        lines = bench(end, tmp_path, postgres, calls=2)["of_a_call"]

    of_one = {name: lines[name]["statements"] / lines[name]["times"] for name in MOST_OF_ONE}
    assert {name: asked for name, asked in of_one.items() if asked > MOST_OF_ONE[name]} == {}
    asked = sum(line["statements"] for name, line in lines.items() if name not in ROUNDS)
    assert asked <= MOST_OF_A_CALL, lines
