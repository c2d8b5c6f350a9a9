"""Of web's two processes the one that answers may die alone: the port stays open, and who knocks then only waits."""

import os
import signal
from pathlib import Path

from tests.chaos.nemesis import children_of
from tests.operation.processes import install


def test_a_web_process_that_is_killed_alone_is_begun_anew_behind_the_open_port(tmp_path: Path) -> None:
    place = install(tmp_path)
    with place.runs("web") as web, place.session() as http:
        assert http.get(f"{place.url}/healthz", timeout=60).status_code == 200
        (first,) = children_of(web.pid)
        os.kill(first, signal.SIGKILL)

        assert http.get(f"{place.url}/healthz", timeout=60).status_code == 200
        assert children_of(web.pid) != [first]
        assert web.poll() is None
