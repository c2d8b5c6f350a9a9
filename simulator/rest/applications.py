"""TwiML applications (twilio.com/docs/usage/api/applications)."""

from __future__ import annotations

from typing import Any

from simulator.account import Application
from simulator.params import API_VERSION, rfc2822
from simulator.rest.answer import Request, not_found
from simulator.rest.filters import by_value
from simulator.rest.numbers import change, voice_changes
from simulator.rest.paging import page


def index(request: Request) -> tuple[int, Any]:
    found: list[Application] = list(request.account.applications.values())
    found = by_value(request, "FriendlyName", found, lambda application: application.friendly_name)
    return page(request, "applications", found, lambda application: render(request, application))


def create(request: Request) -> tuple[int, Any]:
    changes = voice_changes(request)
    application = request.account.add_application(friendly_name=request.one("FriendlyName") or "")
    application.created_at = request.world.now
    change(request, application, changes)
    return 201, render(request, application)


def fetch(request: Request) -> tuple[int, Any]:
    return 200, render(request, _find(request))


def update(request: Request) -> tuple[int, Any]:
    application = _find(request)
    change(request, application, voice_changes(request))
    application.friendly_name = request.one("FriendlyName") or application.friendly_name
    return 200, render(request, application)


def delete(request: Request) -> tuple[int, Any]:
    del request.account.applications[_find(request).sid]
    return 204, None


def render(request: Request, application: Application) -> dict[str, Any]:
    account = request.account.sid
    return {
        "account_sid": account,
        "api_version": API_VERSION,
        "date_created": rfc2822(application.created_at),
        "date_updated": rfc2822(application.updated_at),
        "friendly_name": application.friendly_name,
        "message_status_callback": None,
        "sid": application.sid,
        "sms_fallback_method": "POST",
        "sms_fallback_url": None,
        "sms_method": "POST",
        "sms_status_callback": None,
        "sms_url": None,
        "status_callback": application.status_callback or None,
        "status_callback_method": application.status_callback_method,
        "uri": f"/{API_VERSION}/Accounts/{account}/Applications/{application.sid}.json",
        "voice_caller_id_lookup": application.voice_caller_id_lookup,
        "voice_fallback_method": application.voice_fallback_method,
        "voice_fallback_url": application.voice_fallback_url or None,
        "voice_method": application.voice_method,
        "voice_url": application.voice_url or None,
        "public_application_connect_enabled": False,
    }


def _find(request: Request) -> Application:
    application = request.account.applications.get(request.path["application"])
    if application is None:
        raise not_found(request.url)
    return application
