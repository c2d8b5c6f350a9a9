"""A merchant's house for every test, and the carrier's media beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recordings.house import Hand, Media, add_merchant, build_runtime, media_host
from voice.runtime import Runtime


@pytest.fixture
def media() -> Iterator[Media]:
    with media_host() as host:
        yield host


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """Nothing: a SQLite file of the test's own. With --postgres: a fresh database there."""
    return str(request.getfixturevalue("postgres_url")) if request.config.getoption("--postgres") else ""


@pytest.fixture
def rt(tmp_path: Path, media: Media, clock: Hand, database_url: str) -> Iterator[Runtime]:
    runtime = build_runtime(tmp_path, media.url, clock, database_url=database_url)
    add_merchant(runtime)
    yield runtime
    runtime.store.close()
