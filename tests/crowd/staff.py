"""A house full of agents: engaged beforehand, signed in as everybody is, and on shift one after the other."""

import asyncio
import contextlib
import random
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence

from argon2 import PasswordHasher

from tests.chaos.desks import Desk
from tests.chaos.house import House, Login
from tests.chaos.notes import Notes
from tests.chaos.plan import Call
from tests.crowd.plan import Plan
from voice import models
from voice.store import Store

QUEUE = "orders"
QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)  # one core signs in 400 people


def engage(house: House, agents: int) -> list[Login]:
    """So many agents, of each merchant in turn."""
    shops = sorted({login.merchant for login in house.logins("supervisor")})
    password = secrets.token_hex(8)
    kept = QUICK.hash(password)
    logins = [
        Login("agent", f"agent{place}@{shop}.example", shop, password)
        for place in range(agents)
        for shop in (shops[place % len(shops)],)
    ]
    store = Store(house.env["DATABASE_URL"])
    try:
        with store.write() as tx:
            for login in logins:
                tx.add_all(_rows(login, kept))
                tx.flush()
    finally:
        store.close()
    return logins


@contextlib.asynccontextmanager
async def signed_in(
    house: House, logins: Sequence[Login], plan: Plan, calls: Mapping[str, Call], notes: Notes
) -> AsyncIterator[list[Desk]]:
    """Everybody at the desk, the shift not begun."""
    async with contextlib.AsyncExitStack() as desks:
        yield [
            await desks.enter_async_context(
                Desk(house.env, login, calls, notes, random.Random(f"{plan.seed}:{login.email}"), plan.lasts)
            )
            for login in logins
        ]


async def works_from(desk: Desk, seconds: float) -> None:
    """A shift that begins after some seconds; ends when it is cancelled."""
    await asyncio.sleep(seconds)
    await desk.works()


def _rows(login: Login, kept: str) -> list[models.Base]:
    name = login.email.partition("@")[0]
    person = f"us_{name}"
    return [
        models.User(id=person, email=login.email, name=name.title(), password_hash=kept, created_at=0),
        models.Agent(id=person, identity=person, name=name.title(), since_at=0),
        models.Membership(merchant_id=login.merchant, user_id=person, role="agent"),
        models.QueueMember(merchant_id=login.merchant, queue=QUEUE, agent_id=person),
    ]
