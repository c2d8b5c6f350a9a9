"""Text messages that flows send: a row and a job with the turn that wants them; the worker sends them."""

from collections.abc import Sequence

from sqlalchemy.orm import Session as Tx

from callflows.actions import SendText
from voice import models, outbox
from voice.calls import Facts
from voice.ids import text_id
from voice.runtime import Runtime


def send_later(tx: Tx, rt: Runtime, facts: Facts, turn: int, texts: Sequence[SendText]) -> None:
    """Promise the messages of a turn, from the number that was dialled; nothing is sent before this is committed."""
    for count, message in enumerate(texts):
        name = text_id(facts.call_id, turn, count)
        tx.add(
            models.TextMessage(
                merchant_id=facts.merchant_id,
                id=name,
                call_id=facts.call_id,
                from_number=facts.dialled,
                to_number=message.number,
                body=message.text,
                created_at=rt.now(),
            )
        )
        outbox.add(tx, rt, facts.merchant_id, "send_text", name, rt.now())
