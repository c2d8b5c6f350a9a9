"""Text messages that flows send: a row and a job with the turn that wants them; the worker sends them."""

from collections.abc import Sequence

from sqlalchemy.orm import Session as Tx

from callflows.actions import SendText
from callflows.flow import Flow
from voice import models, outbox
from voice.calls import Facts
from voice.dialling import NotDialled, admit
from voice.gate import rules_of
from voice.ids import text_id
from voice.runtime import Runtime


def send_later(tx: Tx, rt: Runtime, flow: Flow, facts: Facts, turn: int, texts: Sequence[SendText]) -> None:
    """Promise the messages of a turn, from the number that was dialled; nothing is sent before this is committed.

    A number that must not be called gets no message either.
    """
    for count, message in enumerate(texts):
        name = text_id(facts.call_id, turn, count)
        refused = _refusal(flow, message.number)
        tx.add(
            models.TextMessage(
                merchant_id=facts.merchant_id,
                id=name,
                call_id=facts.call_id,
                from_number=facts.dialled,
                to_number=message.number,
                body=message.text,
                created_at=rt.now(),
                state="failed" if refused else "waiting",
                error=refused,
            )
        )
        if refused:
            rt.journal.write(tx, facts.merchant_id, facts.call_id, "text_failed", rt.now(), why=refused)
        else:
            outbox.add(tx, rt, facts.merchant_id, "send_text", name, rt.now())


def _refusal(flow: Flow, number: str) -> str:
    """Why nothing is sent there; empty when it is."""
    try:
        admit(number, rules_of(flow))
    except NotDialled as refused:
        return str(refused)
    return ""
