"""Calls: create, read, list, change, delete (twilio.com/docs/voice/api/call-resource)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from simulator.hearing import Sound
from simulator.interpreter import Goto
from simulator.legs import Callback, Leg, Status
from simulator.params import API_VERSION, call_token, rfc2822
from simulator.recordings import RECORDING_EVENTS, Order
from simulator.rest.answer import Request, RestError, not_found
from simulator.rest.filters import by_day, by_value
from simulator.rest.paging import page
from simulator.twiml.document import Document, DocumentFailed, read_twiml
from simulator.verbs.play import seconds_of_keys

if TYPE_CHECKING:
    from simulator.world import World

CALL_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
LONGEST_TWIML = 4000
LONGEST_CALL_SECONDS = 86_400
LONGEST_IN_QUEUE_SECONDS = 86_400
MOST_DIGITS = 32
NOT_IN_PROGRESS = "Call is not in-progress. Cannot redirect."
SUBRESOURCES = [
    "events",
    "notifications",
    "payments",
    "recordings",
    "siprec",
    "streams",
    "transcriptions",
    "user_defined_message_subscriptions",
    "user_defined_messages",
]


def create(request: Request) -> tuple[int, Any]:
    to = request.need("To", 21201, "No 'To' number is specified")
    from_ = request.need("From", 21213, "'From' phone number is required")
    check_numbers(request, to, from_)
    target, app_sid = _source(request)
    wishes = wishes_of(request, shortest_timeout=1)
    fallback = callback_of(request, "FallbackUrl", "FallbackMethod")
    leg = originate(request, to, from_, wishes)
    leg.application_sid, leg.fallback = app_sid, fallback
    if app_sid:
        settings = request.account.applications[app_sid]
        leg.status_callback = _of(settings.status_callback, settings.status_callback_method)
        leg.fallback = _of(settings.voice_fallback_url, settings.voice_fallback_method)
    begin(request.world, leg, target, wishes)
    return 201, render(request, leg)


@dataclass(frozen=True)
class Wishes:
    """How somebody is to be called: read and judged before anything is dialled, for a refused request calls nobody."""

    timeout: int
    limit: int  # seconds after the answer; 0: none
    digits: str
    order: Order | None
    status_callback: Callback | None


def wishes_of(request: Request, shortest_timeout: int) -> Wishes:
    order = record_order(request, source="OutboundAPI", trims=request.one("Trim") != "do-not-trim")
    return Wishes(
        timeout=request.whole("Timeout", 60, shortest_timeout, 600, 21208),
        limit=_limit_of(request),
        digits=send_digits_of(request),
        order=order if request.flag("Record") else None,
        status_callback=status_callback_of(request, "StatusCallback"),
    )


def begin(world: World, leg: Leg, target: Goto | Document, wishes: Wishes) -> None:
    """What happens once the called party answers: its digits, its recording, its document, its time limit."""

    def run() -> None:
        if leg.is_over:
            return
        if wishes.order is not None:
            world.recordings.start(leg, wishes.order)
        world.exchange.run(leg, target)

    def answered() -> None:
        _end_after(world, leg, wishes.limit)
        if wishes.digits:
            seconds = seconds_of_keys(wishes.digits)
            leg.ear.note(Sound.KEYS, wishes.digits, seconds)
            world.kernel.after(seconds, run)
        else:
            run()

    leg.answered.listen(answered)


def _limit_of(request: Request) -> int:
    return request.whole("TimeLimit", 0, 1, LONGEST_CALL_SECONDS, 21208)


def _end_after(world: World, leg: Leg, limit: int) -> None:
    if limit:
        world.kernel.after(limit, lambda: world.exchange.end(leg, Status.COMPLETED, "the time limit"))


def _of(url: str, method: str) -> Callback | None:
    return Callback(url, method) if url else None


def send_digits_of(request: Request) -> str:
    digits = request.one("SendDigits") or ""
    if len(digits) > MOST_DIGITS or set(digits) - set("0123456789ABCDabcd#*wW"):
        raise RestError(400, 21206, f"SendDigits may hold {MOST_DIGITS} of 0-9, A-D, #, *, w and W")
    return digits


def originate(request: Request, to: str, from_: str, wishes: Wishes) -> Leg:
    """A leg that waits for its turn among the account's calls per second, then rings (assumed: call-limit)."""
    world = request.world
    if world.exchange.is_full(request.account):
        raise RestError(429, 10004, "Call concurrency limit exceeded")
    leg = world.exchange.outgoing(request.account, from_, to)
    leg.status_callback = wishes.status_callback
    moment = world.turn_to_dial(request.account)
    leg.queue_seconds = moment - world.now
    world.ledger.write(
        "call.queued", call=leg.sid, to=to, wait=round(leg.queue_seconds, 3), **{"from": from_}
    )
    if leg.queue_seconds > LONGEST_IN_QUEUE_SECONDS:
        world.kernel.after(LONGEST_IN_QUEUE_SECONDS, lambda: _give_up(request, leg))
    world.kernel.at(moment, lambda: world.exchange.dial(leg, wishes.timeout))
    return leg


def _give_up(request: Request, leg: Leg) -> None:
    """A call that has waited for a day is called off, without a callback."""
    leg.status_callback = None
    request.world.exchange.end(leg, Status.CANCELED, "queued for 24 hours")


def fetch(request: Request) -> tuple[int, Any]:
    return 200, render(request, find(request))


def index(request: Request) -> tuple[int, Any]:
    legs = [leg for leg in request.world.legs.values() if leg.account is request.account]
    legs = by_value(request, "To", legs, lambda leg: leg.to)
    legs = by_value(request, "From", legs, lambda leg: leg.from_)
    legs = by_value(request, "Status", legs, lambda leg: _shown_status(leg))
    legs = by_value(request, "ParentCallSid", legs, lambda leg: leg.parent.sid if leg.parent else "")
    legs = by_day(request, "StartTime", legs, lambda leg: leg.answered_at or leg.created_at)
    legs = by_day(request, "EndTime", legs, lambda leg: leg.ended_at)
    return page(request, "calls", legs[::-1], lambda leg: render(request, leg))


def update(request: Request) -> tuple[int, Any]:
    leg = find(request)
    status = request.one("Status")
    if status is not None and status not in ("canceled", "completed"):
        raise RestError(400, 21220, f"Invalid status {status!r}; it can become canceled or completed")
    target, limit = _new_document(request), _limit_of(request)
    status_callback = status_callback_of(request, "StatusCallback")
    fallback = callback_of(request, "FallbackUrl", "FallbackMethod")
    if leg.is_over or (target is not None and status is None and not leg.is_up):
        raise RestError(400, 21220, NOT_IN_PROGRESS)
    if status == "canceled" and leg.is_up:
        raise RestError(400, 21220, "Call is in-progress; it can be completed, not canceled.")
    if request.one("StatusCallback") is not None:
        leg.status_callback = status_callback
    if request.one("FallbackUrl") is not None:
        leg.fallback = fallback
    if status is not None:
        _end(request.world, leg)
    elif target is not None:
        request.world.exchange.redirect(leg, target)
    _end_after(request.world, leg, limit)
    return 200, render(request, leg)


def delete(request: Request) -> tuple[int, Any]:
    leg = find(request)
    if not leg.is_over:
        raise RestError(400, 20009, "Cannot delete this resource before it is complete")
    del request.world.legs[leg.sid]
    return 204, None


def find(request: Request, name: str = "call") -> Leg:
    leg = request.world.legs.get(request.path[name])
    if leg is None or leg.account is not request.account:
        raise not_found(request.url)
    return leg


def check_numbers(request: Request, to: str, from_: str) -> None:
    if to == from_:
        raise RestError(400, 21211, "'To' and 'From' are the same number")
    if not to.startswith(("client:", "sip:", "app:")) and not is_e164(to):
        raise RestError(400, 21211, f"The phone number you are attempting to call, {to}, is not valid.")
    if to.startswith(("client:", "sip:")):
        return
    if not is_e164(from_):
        raise RestError(400, 21212, f"The source phone number provided, {from_}, is not valid.")
    if request.account.number(from_) is None and not _comes_from(request, from_):
        raise RestError(
            400, 21210, f"The source phone number provided, {from_}, is not yet verified for your account."
        )


def _comes_from(request: Request, from_: str) -> bool:
    """The token of an incoming call allows that caller's number."""
    token = request.one("CallToken")
    if not token:
        return False
    legs = request.world.legs.values()
    return any(
        leg.account is request.account and leg.from_ == from_ and call_token(leg) == token for leg in legs
    )


def callback_of(request: Request, url_name: str, method_name: str) -> Callback | None:
    url = request.one(url_name)
    return Callback(_absolute(url_name, url), request.method_of(method_name)) if url else None


def status_callback_of(request: Request, name: str) -> Callback | None:
    url = request.one(name)
    if not url:
        return None
    events = frozenset(word for text in request.many(name + "Event") for word in text.split())
    if not events <= CALL_EVENTS:
        raise RestError(400, 21626, f"{name}Event must be made of {', '.join(sorted(CALL_EVENTS))}")
    return Callback(_absolute(name, url), request.method_of(name + "Method"), events)


def render(request: Request, leg: Leg) -> dict[str, Any]:
    uri = f"/{API_VERSION}/Accounts/{leg.account.sid}/Calls/{leg.sid}"
    number = leg.account.number(leg.from_)
    return {
        "sid": leg.sid,
        "date_created": rfc2822(leg.created_at),
        "date_updated": rfc2822(leg.updated_at),
        "parent_call_sid": leg.parent.sid if leg.parent else None,
        "account_sid": leg.account.sid,
        "to": leg.to,
        "to_formatted": formatted(leg.to),
        "from": leg.from_,
        "from_formatted": formatted(leg.from_),
        "phone_number_sid": leg.phone_number_sid or (number.sid if number else None),
        "status": _shown_status(leg),
        "start_time": rfc2822(leg.answered_at) if leg.answered_at is not None else None,
        "end_time": rfc2822(leg.ended_at) if leg.ended_at is not None else None,
        "duration": str(leg.seconds) if leg.is_over else None,
        "price": None,
        "price_unit": "USD",
        "direction": str(leg.direction),
        "answered_by": None,
        "api_version": API_VERSION,
        "forwarded_from": leg.forwarded_from or None,
        "group_sid": None,
        "caller_name": leg.caller_name,
        "queue_time": str(round(leg.queue_seconds * 1000)),
        "trunk_sid": None,
        "uri": uri + ".json",
        "subresource_uris": {name: f"{uri}/{_camel(name)}.json" for name in SUBRESOURCES},
    }


def formatted(number: str) -> str:
    if number.startswith("+1") and len(number) == 12 and number[1:].isdecimal():
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number


def _source(request: Request) -> tuple[Goto | Document, str]:
    """Exactly one of Url, Twiml and ApplicationSid; with Url and Twiml the Url wins."""
    url, twiml, app_sid = request.one("Url"), request.one("Twiml"), request.one("ApplicationSid")
    if app_sid:
        application = request.account.applications.get(app_sid)
        if application is None:
            raise RestError(400, 21218, f"Invalid ApplicationSid {app_sid}")
        return Goto(application.voice_url, application.voice_method), app_sid
    if url:
        if twiml:
            request.world.debugger.warn(32019, "Twiml and Voice URL are both set. Using Voice URL", url=url)
        return Goto(_absolute("Url", url), request.method_of("Method")), ""
    if twiml:
        return _document(twiml), ""
    raise RestError(400, 21205, "Url parameter is required.")


def _new_document(request: Request) -> Goto | Document | None:
    url, twiml = request.one("Url"), request.one("Twiml")
    if url and twiml:
        raise RestError(400, 21220, "Twiml and Url are mutually exclusive")
    if url:
        return Goto(_absolute("Url", url), request.method_of("Method"))
    return _document(twiml) if twiml else None


def _document(twiml: str) -> Document:
    if len(twiml) > LONGEST_TWIML:
        raise RestError(400, 20422, f"Twiml must have at most {LONGEST_TWIML} characters")
    try:
        return read_twiml(twiml.encode(), "")
    except DocumentFailed as failure:
        raise RestError(400, failure.code, failure.message) from None


def _absolute(name: str, url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise RestError(400, 21205, f"{name} is not a valid URL: {url}")
    return url


def record_order(request: Request, *, source: str, trims: bool) -> Order:
    """How a call is to be recorded, when it is."""
    callback = callback_of(request, "RecordingStatusCallback", "RecordingStatusCallbackMethod")
    if callback is not None:
        words = (word for text in request.many("RecordingStatusCallbackEvent") for word in text.split())
        callback = replace(callback, events=frozenset(words) & RECORDING_EVENTS or frozenset({"completed"}))
    channels = 2 if request.one("RecordingChannels") == "dual" else 1
    track = request.one("RecordingTrack") or "both"
    return Order(source, channels, track, callback=callback, trims=trims)


def _end(world: World, leg: Leg) -> None:
    if leg.is_up:
        world.exchange.end(leg, Status.COMPLETED, "ended through REST")
        return
    if leg.status is Status.QUEUED:
        leg.status_callback = None  # a call cancelled while queued fires no callbacks
    world.exchange.end(leg, Status.CANCELED, "cancelled through REST")


def _shown_status(leg: Leg) -> str:
    """REST does not know `initiated`."""
    return "queued" if leg.status is Status.INITIATED else str(leg.status)


def is_e164(number: str) -> bool:
    return number.startswith("+") and number[1:].isdecimal() and 7 <= len(number) <= 16


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
