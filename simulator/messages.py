"""Text messages that the application sends: queued, sent, delivered or not (twilio.com/docs/messaging/api/message-resource)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from simulator.account import Account
from simulator.legs import Callback
from simulator.params import API_VERSION
from simulator.webhooks import Ask

if TYPE_CHECKING:
    from simulator.world import World

LONGEST_BODY = 1600
SECONDS_TO_SEND = 0.5
SECONDS_TO_DELIVER = 2.0
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("^{}\\[~]|€\f")


class MessageStatus(StrEnum):
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    CANCELED = "canceled"


DONE = frozenset(
    {MessageStatus.DELIVERED, MessageStatus.UNDELIVERED, MessageStatus.FAILED, MessageStatus.CANCELED}
)


@dataclass(frozen=True)
class Reception:
    """What becomes of texts to a phone: the status they end in, and Twilio's code when that is no delivery."""

    ends_as: MessageStatus = MessageStatus.DELIVERED
    error_code: int | None = None


DELIVERED = Reception()
UNDELIVERED = Reception(MessageStatus.UNDELIVERED, 30003)
FAILED = Reception(MessageStatus.FAILED, 30006)


@dataclass(eq=False)
class Message:
    """A message resource."""

    sid: str
    account: Account
    from_: str
    to: str
    body: str
    created_at: float
    updated_at: float
    callback: Callback | None = None
    messaging_service_sid: str = ""
    media: int = 0
    status: MessageStatus = MessageStatus.QUEUED
    sent_at: float | None = None
    error_code: int | None = None

    @property
    def is_over(self) -> bool:
        return self.status in DONE


class Messages:
    """Every message of the world; `receptions` says which phones take none."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.all: dict[str, Message] = {}
        self.receptions: dict[str, Reception] = {}
        self.unsubscribed: set[tuple[str, str]] = set()

    def send(self, message: Message, at: float | None = None) -> None:
        """On its way at once, or at that moment."""
        self.all[message.sid] = message
        self._world.forgetting.message_sent()
        self._note(message)
        if at is None:
            self._world.kernel.after(SECONDS_TO_SEND, lambda: self._sent(message))
        else:
            self._world.kernel.at(at, lambda: self._sent(message))

    def cancel(self, message: Message) -> None:
        """Only a scheduled one can still be called off."""
        self._move(message, MessageStatus.CANCELED)

    def redact(self, message: Message) -> None:
        message.body = ""
        message.updated_at = self._world.now

    def received_by(self, number: str) -> list[Message]:
        """What that phone has got, oldest first."""
        return [
            message
            for message in self.all.values()
            if message.to == number and message.status is MessageStatus.DELIVERED
        ]

    def _sent(self, message: Message) -> None:
        if message.is_over:
            return
        reception = self.receptions.get(message.to, DELIVERED)
        if reception.ends_as is MessageStatus.FAILED:
            message.error_code = reception.error_code
            self._move(message, MessageStatus.FAILED)
            return
        message.sent_at = self._world.now
        self._move(message, MessageStatus.SENT)
        self._world.kernel.after(SECONDS_TO_DELIVER, lambda: self._arrived(message, reception))

    def _arrived(self, message: Message, reception: Reception) -> None:
        message.error_code = reception.error_code
        self._move(message, reception.ends_as)

    def _move(self, message: Message, status: MessageStatus) -> None:
        message.status = status
        message.updated_at = self._world.now
        self._note(message)
        if message.callback is None:
            return
        form = {
            "AccountSid": message.account.sid,
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "MessageStatus": str(status),
            "SmsStatus": str(status),
            "From": message.from_,
            "To": message.to,
            "ApiVersion": API_VERSION,
        }
        if message.messaging_service_sid:
            form["MessagingServiceSid"] = message.messaging_service_sid
        if message.error_code is not None:
            form["ErrorCode"] = str(message.error_code)
        ask = Ask(message.callback.url, message.callback.method, form, "message", message.account)
        self._world.webhooks.tell(ask, 11200)

    def _note(self, message: Message) -> None:
        self._world.ledger.write(
            f"text.{message.status}", message=message.sid, to=message.to, **{"from": message.from_}
        )


def segments(body: str) -> int:
    """How many messages a network makes of it: 160 or 153 letters of GSM 03.38, else 70 or 67 of UCS-2."""
    if set(body) <= GSM_BASIC | GSM_EXTENDED:
        letters = sum(2 if letter in GSM_EXTENDED else 1 for letter in body)
        whole, part = 160, 153
    else:
        letters, whole, part = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if letters <= whole else -(-letters // part)
