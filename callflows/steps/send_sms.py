"""The step `send_sms`."""

from dataclasses import dataclass

import phonenumbers

from callflows.actions import SendText
from callflows.fields import required
from callflows.kinds import WORDS
from callflows.notes import NoteKind
from callflows.steps.base import Move, Step, Visit, onward, way_out
from callflows.texts import Words

LANDLINES = (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.TOLL_FREE)
LONGEST = 1_600  # the carrier takes no longer ones: https://www.twilio.com/docs/api/errors/21617


@dataclass(frozen=True, kw_only=True)
class SendSmsStep(Step):
    """Send the caller a text message, from the number that was dialled. The call goes on at once.

    Whether it arrived is known later and stands on the ticket. A number that is withheld, or surely a landline, leaves
    through `not_mobile`.

    send_link:
      send_sms: "Track your parcel: https://shop.example/track"
      next: goodbye
      not_mobile: leave_message
    """

    verb = "send_sms"

    text: Words = required(WORDS, "what the message says", key="send_sms")
    next: str = onward()
    not_mobile: str | None = way_out(
        "when the caller's number cannot get messages", otherwise="next", silent=True
    )

    def enter(self, visit: Visit) -> Move:
        number = visit.session.value("caller") or ""
        if not can_get_messages(number):
            return self.leave("not_mobile")
        text = visit.message(self.text)[:LONGEST]
        return self.leave("next", (SendText(number, text),), (self.note(NoteKind.TEXT_SENT, number=number),))


def can_get_messages(number: str) -> bool:
    """Whether a number (E.164) is not surely a landline; in some countries the two cannot be told apart."""
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False
    return kind not in LANDLINES
