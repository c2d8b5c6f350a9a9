"""The demo's people: for each merchant two agents who take every queue, and a supervisor."""

import argparse
import hmac
import sys
from pathlib import Path

from panel.passwords import hash_password
from voice import models
from voice.runtime import Runtime
from voice.seeding import NotSeeded, Seeded, seed_merchants

PEOPLE = {
    "northwind": ("Ann Berg", "Ben Okoye", "Sara Lund"),
    "marlow": ("Mia Hart", "Noor Aziz", "Tom Reed"),
}
OTHERS = ("First Agent", "Second Agent", "Supervisor")


def add_seed(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """ringdesk seed --account FILE"""
    seed = subparsers.add_parser(
        "seed", help="make the merchants of the flows folder, with demo people to sign in as"
    )
    seed.add_argument(
        "--account", type=Path, required=True, metavar="FILE", help="JSON file of the Twilio account"
    )
    seed.set_defaults(run=run_seed)


def run_seed(args: argparse.Namespace) -> int:
    """Sow, and print who may sign in."""
    from callflows.faults import FlowFaults
    from voice.build import build_runtime
    from voice.publish import NothingToServe
    from voice.settings import Settings

    try:
        rt = build_runtime(Settings())
        sown = seed_merchants(rt, args.account)
    except (NotSeeded, NothingToServe, FlowFaults, ValueError) as fault:
        print(fault, file=sys.stderr)
        return 1
    password = demo_password(rt)
    for merchant in sown:
        emails = seed_people(rt, merchant, password)
        print(f"  {merchant.name:<22} {', '.join(merchant.numbers)}")
        for email, role in emails:
            print(f"    {role:<20} {email:<30} password {password}")
    return 0


def demo_password(rt: Runtime) -> str:
    """The same at every start of one installation, and another in the next."""
    return "desk-" + hmac.digest(rt.settings.secret_text.encode(), b"demo people", "sha256").hex()[:10]


def seed_people(rt: Runtime, merchant: Seeded, password: str) -> list[tuple[str, str]]:
    """Two agents and a supervisor for a merchant; their addresses and roles. Who is there already stays as is."""
    names = PEOPLE.get(merchant.id, OTHERS)
    sown = []
    for name, role in zip(names, ("agent", "agent", "supervisor"), strict=True):
        email = f"{name.split()[0].lower()}@{merchant.id}.example"
        _seed_person(rt, merchant, email, name, role, password)
        sown.append((email, role))
    return sown


def _seed_person(rt: Runtime, merchant: Seeded, email: str, name: str, role: str, password: str) -> None:
    from sqlalchemy import select

    with rt.write() as tx:
        user = tx.scalar(select(models.User).where(models.User.email == email))
        if user is None:
            user = models.User(
                id=rt.chance.id("us"),
                email=email,
                name=name,
                password_hash=hash_password(password),
                created_at=rt.now(),
            )
            tx.add(user)
            tx.add(models.Agent(id=user.id, identity=user.id, name=name, since_at=rt.now()))
            tx.add(models.Membership(merchant_id=merchant.id, user_id=user.id, role=role))
        if role == "agent":
            for queue in merchant.queues:
                tx.merge(models.QueueMember(merchant_id=merchant.id, queue=queue, agent_id=user.id))
