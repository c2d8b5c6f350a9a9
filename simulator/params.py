"""The form fields of webhooks: Twilio's standard parameters and its dates."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime

from simulator.legs import Direction, Leg

API_VERSION = "2010-04-01"


def rfc2822(moment: float) -> str:
    """Fri, 20 Aug 2010 01:13:42 +0000"""
    return format_datetime(datetime.fromtimestamp(int(moment), UTC))


def standard(leg: Leg) -> dict[str, str]:
    """What every request for TwiML carries (twilio.com/docs/voice/twiml#request-parameters)."""
    form = {
        "CallSid": leg.sid,
        "AccountSid": leg.account.sid,
        "From": leg.from_,
        "To": leg.to,
        "CallStatus": str(leg.status),
        "ApiVersion": API_VERSION,
        "Direction": str(leg.direction),
        "Caller": leg.from_,
        "Called": leg.to,
    }
    if leg.parent is not None:
        form["ParentCallSid"] = leg.parent.sid
    if leg.forwarded_from:
        form["ForwardedFrom"] = leg.forwarded_from
    if leg.caller_name is not None:
        form["CallerName"] = leg.caller_name
    if leg.application_sid:
        form["ApplicationSid"] = leg.application_sid
    form.update(_geography("From", "Caller", leg.from_))
    form.update(_geography("To", "Called", leg.to))
    if leg.direction is Direction.INBOUND and leg.from_.startswith("+"):
        form["StirVerstat"] = "TN-Validation-Passed-A"
        form["CallToken"] = call_token(leg)
    form.update(leg.custom)
    return form


def call_token(leg: Leg) -> str:
    """Lets a call created through REST carry this caller's number."""
    return json.dumps({"parentCallInfoToken": leg.sid[2:], "identityHeaderTokens": []})


def _geography(name: str, legacy: str, number: str) -> dict[str, str]:
    """Only numbers of the North American plan are known; Twilio sends empty cities for most of them."""
    if not number.startswith("+1"):
        return {}
    places = {"City": "", "State": "", "Zip": "", "Country": "US"}
    return {prefix + key: value for prefix in (name, legacy) for key, value in places.items()}
