"""What an agent hears on an ordinary phone before pressing 1: for which shop, who calls, which queue."""

from sqlalchemy.orm import Session as Tx

from voice import models, speak
from voice.callback_rows import of_place
from voice.calls import live_waiting
from voice.phrases import phrase
from voice.runtime import Runtime
from voice.states import OfferKind

SECONDS_FOR_A_KEY = 6


def whispered(tx: Tx, rt: Runtime, call: models.Call, ring: models.PhoneRing, offer: models.Offer) -> bytes:
    """The whisper in the merchant's language; the key goes to the ring's own address, and so does silence."""
    flow = rt.books.flow(call.merchant_id, call.flow_digest)
    words = " ".join([flow.name + ".", _why_it_rings(tx, call, offer, flow.language)])
    said = speak.say(words, flow.language, flow.voice_for(flow.language))
    return speak.document(
        speak.ask_keys([said], rt.links.phone(ring.id), wait_seconds=SECONDS_FOR_A_KEY, finish_key="")
    )


def spoken_number(e164: str) -> str:
    """+12025550188 as its digits one by one: a synthetic voice would read a number of billions."""
    return " ".join(mark for mark in e164 if mark.isdigit())


def _why_it_rings(tx: Tx, call: models.Call, offer: models.Offer, language: str) -> str:
    waiting = live_waiting(tx, call)
    is_callback = waiting is not None and offer.kind == OfferKind.CALLBACK
    number = spoken_number(of_place(tx, waiting).number if waiting and is_callback else call.caller)
    if offer.kind == OfferKind.OUTBOUND:
        return phrase("whisper_out", language, number=number)
    queue = waiting.queue if waiting is not None and not waiting.queue.startswith("@") else ""
    parts = [
        phrase("whisper_asked", language) if offer.kind == OfferKind.ASKED else "",
        phrase("whisper_callback", language) if is_callback else "",
        phrase("whisper_caller", language, number=number) if number else phrase("whisper_withheld", language),
        phrase("whisper_queue", language, queue=queue.replace("_", " ")) if queue else "",
        phrase("whisper_keys", language),
    ]
    return " ".join(part for part in parts if part)
