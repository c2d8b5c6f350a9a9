"""What helps: the doorbell in Redis, and the place where recordings are kept."""

import io
import secrets
from collections.abc import Callable
from typing import Any

import redis

from voice.doctor.findings import Check, Ill

WAIT_SECONDS = 2.0


def checks(redis_url: str, open_storage: Callable[[], Any]) -> list[Check]:
    """The checks of this group; `open_storage` gives what has put, open and delete."""
    return [("redis", lambda: _redis(redis_url)), ("storage", lambda: _storage(open_storage))]


def _redis(url: str) -> str:
    client = redis.Redis.from_url(url, socket_timeout=WAIT_SECONDS, socket_connect_timeout=WAIT_SECONDS)
    try:
        client.ping()
    except (redis.RedisError, OSError) as error:
        raise Ill(
            f"no answer ({type(error).__name__}); calls go on, jobs and desks are hastened by nobody",
            "start Redis or Valkey, or mend REDIS_URL",
        ) from None
    finally:
        client.close()
    return "answers"


def _storage(open_storage: Callable[[], Any]) -> str:
    key, sound = f"doctor/0000/00/{secrets.token_hex(8)}.bin", secrets.token_bytes(64)
    way_out = "mend STORAGE_URL; its user must be allowed to write, read and delete there"
    try:
        storage = open_storage()
        storage.put(key, io.BytesIO(sound))
        with storage.open(key) as file:
            is_same = file.read() == sound
        storage.delete(key)
    except Exception as error:
        raise Ill(f"{type(error).__name__}: {error}".partition("\n")[0], way_out) from None
    if not is_same:
        raise Ill("what was written is not what is read", way_out)
    return "written, read and deleted"
