"""An agent with forty calls behind her: callers of two shops, long names, every ending, some of them missed."""

from itertools import cycle

from sqlalchemy.orm import Session

from tests.browser.stack import Whole
from voice import models

NAMES = (
    "Maya Lin",
    "",
    "Jean-Baptiste Alexandre Fontaine-Beauregard",
    "Oluwaseun Adébáyọ̀",
    "",
    "Li Wei",
    "Zoë Müller-Lüdenscheidt",
)
UNNAMED = ("",)
ENDINGS = cycle(
    (
        "answered",
        "answered",
        "abandoned",
        "answered",
        "voicemail",
        "answered",
        "forwarded",
        "answered",
        "completed_in_flow",
    )
)
MINUTES = 11.0  # between two calls


def forty_calls(
    whole: Whole,
    agent_id: str,
    names: tuple[str, ...] = NAMES,
    shops: tuple[str, ...] = ("northwind", "marlow"),
) -> None:
    """Write them, the last one some minutes ago; every fifth is for the last of the shops."""
    now, named = whole.rt.now(), cycle(names)
    with whole.rt.write() as tx:
        numbers = {merchant: tx.get_one(models.Merchant, merchant).next_ticket_number for merchant in shops}
        for place in range(40):
            merchant = shops[-1] if place % 5 == 2 else shops[0]
            began = now - (41 - place) * MINUTES * 60
            _call(tx, merchant, numbers[merchant], began, agent_id, next(named))
            numbers[merchant] += 1
        for merchant, number in numbers.items():
            tx.get_one(models.Merchant, merchant).next_ticket_number = number


def _call(tx: Session, merchant: str, number: int, began: float, agent_id: str, caller_name: str) -> None:
    call_id, ended_as = f"ca_{merchant}{number}", next(ENDINGS)
    answered = ended_as == "answered"
    waited = 4.0 + (number * 37) % 190
    tx.add(
        models.Call(
            merchant_id=merchant, id=call_id, call_sid=f"CA{merchant}{number}", account_sid="AC" + "0" * 32,
            caller=f"+1202555{1000 + (number * 397) % 9000}", caller_name=caller_name, dialled="+12025550100",
            flow_digest="d" * 64, started_at=began, ended_at=began + waited + 190, ended_as=ended_as, waited_seconds=waited,
            queue="orders" if merchant == "northwind" else "restoration_of_antique_furniture",
        )
    )  # fmt: skip
    tx.flush()  # the rest belongs to it
    tx.add(
        models.Ticket(
            merchant_id=merchant, id=f"tk_{merchant}{number}", number=number, call_id=call_id, subject=f"Call {ended_as}",
            created_at=began + 200, changed_at=began + 200, agent_id=agent_id if answered else None, flow_digest="d" * 64,
        )
    )  # fmt: skip
    if answered:
        tx.add(
            models.Participation(
                merchant_id=merchant, id=f"pa_{merchant}{number}", call_id=call_id, offer_id=f"of_{merchant}{number}",
                waiting_id=None, agent_id=agent_id, state="ended", assignment=1, room="r", leg_sid=f"CAleg{merchant}{number}",
                began_at=began + waited, joined_at=began + waited + 1, ended_at=began + waited + 40 + (number * 53) % 400,
            )
        )  # fmt: skip
