"""Signing in, as often as it takes: what breaks may be just what is asked."""

import asyncio

import aiohttp

from tests.chaos.house import Login

AWAY = (aiohttp.ClientError, TimeoutError, OSError)
TRIES = 120
PAUSE_SECONDS = 0.5


async def sign_in(http: aiohttp.ClientSession, web: str, login: Login) -> None:
    """The session's cookie and its token are in `http` afterwards; raises RuntimeError when a minute was not enough."""
    said = ""
    for _ in range(TRIES):
        try:
            words = {"email": login.email, "password": login.password}
            async with http.post(web + "/api/login", json=words) as answer:
                if answer.ok:
                    http.headers["X-CSRF-Token"] = (await answer.json())["csrf"]
                    return
                said = f"{answer.status} {(await answer.text())[:200]}"
        except AWAY as away:
            said = repr(away)
        await asyncio.sleep(PAUSE_SECONDS)
    raise RuntimeError(f"{login.email} cannot sign in: {said}")
