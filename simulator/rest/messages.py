"""Messages: send, read, list, redact, delete (twilio.com/docs/messaging/api/message-resource)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from simulator.legs import Callback
from simulator.messages import LONGEST_BODY, Message, MessageStatus, segments
from simulator.params import API_VERSION, rfc2822
from simulator.rest.answer import Request, RestError, not_found
from simulator.rest.calls import is_e164
from simulator.rest.filters import by_day, by_value
from simulator.rest.paging import page

LONGEST_CALLBACK = 4000


def create(request: Request) -> tuple[int, Any]:
    to = request.need("To", 21604, "A 'To' phone number is required.")
    service = request.one("MessagingServiceSid") or ""
    from_ = request.one("From") or ""
    if not from_ and not service:
        raise RestError(400, 21603, "A 'From' phone number or MessagingServiceSid is required.")
    body, media = request.one("Body") or "", len(request.many("MediaUrl"))
    if not body and not media and not request.one("ContentSid"):
        raise RestError(400, 21602, "Message body is required.")
    if len(body) > LONGEST_BODY:
        raise RestError(
            400, 21617, f"The concatenated message body exceeds the {LONGEST_BODY} character limit"
        )
    _check_numbers(request, to, from_)
    world = request.world
    message = Message(
        world.mint.sid("MM" if media else "SM"),
        request.account,
        from_ or _first_number(request),
        to,
        body,
        world.now,
        world.now,
        _callback(request),
        service,
        media,
        status=MessageStatus.ACCEPTED if service else MessageStatus.QUEUED,
    )
    at = _send_at(request, service)
    if at is not None:
        message.status = MessageStatus.SCHEDULED
    world.messages.send(message, at)
    return 201, render(message)


def index(request: Request) -> tuple[int, Any]:
    found = [one for one in request.world.messages.all.values() if one.account is request.account]
    found = by_value(request, "To", found, lambda message: message.to)
    found = by_value(request, "From", found, lambda message: message.from_)
    found = by_day(request, "DateSent", found, lambda message: message.sent_at)
    return page(request, "messages", found[::-1], render)


def fetch(request: Request) -> tuple[int, Any]:
    return 200, render(_find(request))


def update(request: Request) -> tuple[int, Any]:
    """Body="" redacts; Status=canceled calls a scheduled one off."""
    message = _find(request)
    status, body = request.one("Status"), request.one("Body")
    if status is not None and (status != "canceled" or message.status is not MessageStatus.SCHEDULED):
        raise RestError(400, 30409, "Only a scheduled message can be canceled")
    if body:
        raise RestError(400, 20422, "Body can only be set to an empty text, which redacts the message")
    if status is not None:
        request.world.messages.cancel(message)
    if body is not None:
        _done(message)
        request.world.messages.redact(message)
    return 200, render(message)


def delete(request: Request) -> tuple[int, Any]:
    message = _find(request)
    _done(message)
    del request.world.messages.all[message.sid]
    return 204, None


def render(message: Message) -> dict[str, Any]:
    uri = f"/{API_VERSION}/Accounts/{message.account.sid}/Messages/{message.sid}"
    unsent = message.status in (MessageStatus.ACCEPTED, MessageStatus.SCHEDULED)
    return {
        "body": message.body,
        "num_segments": "0" if unsent else str(segments(message.body)),
        "direction": "outbound-api",
        "from": None if unsent and message.messaging_service_sid else message.from_,
        "to": message.to,
        "date_updated": rfc2822(message.updated_at),
        "price": None,
        "error_message": "" if message.error_code is not None else None,
        "uri": uri + ".json",
        "account_sid": message.account.sid,
        "num_media": str(message.media),
        "status": str(message.status),
        "messaging_service_sid": message.messaging_service_sid or None,
        "sid": message.sid,
        "date_sent": rfc2822(message.sent_at) if message.sent_at is not None else None,
        "date_created": rfc2822(message.created_at),
        "error_code": message.error_code,
        "price_unit": "USD",
        "api_version": API_VERSION,
        "subresource_uris": {"media": uri + "/Media.json"},
    }


def _check_numbers(request: Request, to: str, from_: str) -> None:
    if not is_e164(to):
        raise RestError(400, 21211, f"The 'To' number {to} is not a valid phone number.")
    if from_ and not request.account.number(from_):
        raise RestError(
            400,
            21606,
            f"The 'From' phone number {from_} is not a valid, message-capable Twilio phone number.",
        )
    if to == from_:
        raise RestError(400, 21266, "'To' and 'From' number cannot be the same")
    if (from_, to) in request.world.messages.unsubscribed:
        raise RestError(400, 21610, "Attempt to send to unsubscribed recipient")


def _first_number(request: Request) -> str:
    """The sender that a messaging service picks (assumed: message-service)."""
    return next((number.e164 for number in request.account.numbers.values()), "")


def _callback(request: Request) -> Callback | None:
    url = request.one("StatusCallback")
    if not url:
        return None
    if not url.startswith(("http://", "https://")) or len(url) > LONGEST_CALLBACK:
        raise RestError(400, 21609, f"The 'StatusCallback' URL {url[:100]} is not a valid URL.")
    return Callback(url)


def _send_at(request: Request, service: str) -> float | None:
    if not request.one("ScheduleType") and not request.one("SendAt"):
        return None
    text = request.one("SendAt") or ""
    if not service or request.one("ScheduleType") != "fixed":
        raise RestError(
            400, 35118, "A scheduled message needs MessagingServiceSid, ScheduleType=fixed and SendAt"
        )
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RestError(400, 35114, f"SendAt must be an ISO 8601 moment, not {text!r}") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _done(message: Message) -> None:
    if not message.is_over:
        raise RestError(400, 20009, "Cannot delete this resource before it is complete")


def _find(request: Request) -> Message:
    message = request.world.messages.all.get(request.path["message"])
    if message is None or message.account is not request.account:
        raise not_found(request.url)
    return message
