"""IncomingPhoneNumbers: the account's numbers and where their calls go."""

from __future__ import annotations

from typing import Any

from simulator.account import Number, VoiceSettings
from simulator.params import API_VERSION, rfc2822
from simulator.rest.answer import Request, RestError, not_found
from simulator.rest.calls import is_e164
from simulator.rest.filters import by_value
from simulator.rest.paging import page


def index(request: Request) -> tuple[int, Any]:
    numbers: list[Number] = list(request.account.numbers.values())
    numbers = by_value(request, "PhoneNumber", numbers, lambda number: number.e164)
    numbers = by_value(request, "FriendlyName", numbers, lambda number: number.friendly_name)
    return page(request, "incoming_phone_numbers", numbers, lambda number: render(request, number))


def create(request: Request) -> tuple[int, Any]:
    e164 = request.need("PhoneNumber", 21451, "PhoneNumber is required")
    if request.account.number(e164) is not None:
        raise RestError(400, 21422, f"{e164} belongs to an account already")
    if not is_e164(e164):
        raise RestError(400, 21421, f"PhoneNumber {e164!r} is not valid; write it like +15550100199")
    changes = _changes(request)
    number = request.account.add_number(e164)
    number.created_at = request.world.now
    change(request, number, changes)
    return 201, render(request, number)


def fetch(request: Request) -> tuple[int, Any]:
    return 200, render(request, _find(request))


def update(request: Request) -> tuple[int, Any]:
    number = _find(request)
    change(request, number, _changes(request))
    return 200, render(request, number)


def delete(request: Request) -> tuple[int, Any]:
    del request.account.numbers[_find(request).sid]
    return 204, None


def change(request: Request, settings: VoiceSettings, changes: dict[str, Any]) -> None:
    """All of them at once: a refused request has changed nothing."""
    for name, value in changes.items():
        setattr(settings, name, value)
    settings.updated_at = request.world.now


def voice_changes(request: Request) -> dict[str, Any]:
    """What is to be changed of the fields that numbers and applications share; raises RestError for a bad one."""
    changes: dict[str, Any] = {}
    for parameter, name in (
        ("VoiceUrl", "voice_url"),
        ("VoiceFallbackUrl", "voice_fallback_url"),
        ("StatusCallback", "status_callback"),
    ):
        value = request.one(parameter)
        if value is not None:
            if value and not value.startswith(("http://", "https://")):
                raise RestError(400, 21502, f"{parameter} is not a valid URL: {value}")
            changes[name] = value
    for parameter, name in (
        ("VoiceMethod", "voice_method"),
        ("VoiceFallbackMethod", "voice_fallback_method"),
        ("StatusCallbackMethod", "status_callback_method"),
    ):
        if request.one(parameter) is not None:
            changes[name] = request.method_of(parameter)
    lookup = request.flag("VoiceCallerIdLookup")
    if lookup is not None:
        changes["voice_caller_id_lookup"] = lookup
    return changes


def render(request: Request, number: Number) -> dict[str, Any]:
    account = request.account.sid
    return {
        "account_sid": account,
        "address_sid": None,
        "address_requirements": "none",
        "api_version": API_VERSION,
        "beta": False,
        "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False},
        "date_created": rfc2822(number.created_at),
        "date_updated": rfc2822(number.updated_at),
        "friendly_name": number.friendly_name,
        "identity_sid": None,
        "phone_number": number.e164,
        "origin": "twilio",
        "sid": number.sid,
        "sms_application_sid": "",
        "sms_fallback_method": "POST",
        "sms_fallback_url": "",
        "sms_method": "POST",
        "sms_url": "",
        "status_callback": number.status_callback,
        "status_callback_method": number.status_callback_method,
        "trunk_sid": number.trunk_sid or None,
        "uri": f"/{API_VERSION}/Accounts/{account}/IncomingPhoneNumbers/{number.sid}.json",
        "voice_receive_mode": "voice",
        "voice_application_sid": number.voice_application_sid,
        "voice_caller_id_lookup": number.voice_caller_id_lookup,
        "voice_fallback_method": number.voice_fallback_method,
        "voice_fallback_url": number.voice_fallback_url,
        "voice_method": number.voice_method,
        "voice_url": number.voice_url,
        "emergency_status": "Inactive",
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
        "bundle_sid": None,
        "status": "in-use",
        "type": "local",
    }


def _changes(request: Request) -> dict[str, Any]:
    changes = voice_changes(request)
    for parameter, name in (
        ("FriendlyName", "friendly_name"),
        ("TrunkSid", "trunk_sid"),
        ("VoiceApplicationSid", "voice_application_sid"),
    ):
        if (value := request.one(parameter)) is not None:
            changes[name] = value
    app_sid = changes.get("voice_application_sid")
    if app_sid and app_sid not in request.account.applications:
        raise RestError(400, 21218, f"Invalid ApplicationSid {app_sid}")
    return changes


def _find(request: Request) -> Number:
    number = request.account.numbers.get(request.path["number"])
    if number is None:
        raise not_found(request.url)
    return number
