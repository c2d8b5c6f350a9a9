"""What the debugger says of one call (twilio.com/docs/usage/api/notification)."""

from __future__ import annotations

from typing import Any

from simulator.debugger import Alert
from simulator.params import API_VERSION, rfc2822
from simulator.rest import calls
from simulator.rest.answer import Request, not_found
from simulator.rest.filters import by_day, by_value
from simulator.rest.paging import page

LOGS = {"error": "0", "warning": "1"}


def index(request: Request) -> tuple[int, Any]:
    """Log=0 keeps errors only, 1 warnings only."""
    found = by_value(request, "Log", _of_call(request), lambda alert: LOGS[alert.level])
    found = by_day(request, "MessageDate", found, lambda alert: alert.at)
    return page(request, "notifications", found[::-1], lambda alert: _render(request, alert))


def fetch(request: Request) -> tuple[int, Any]:
    for alert in _of_call(request):
        if alert.sid == request.path["notification"]:
            return 200, _render(request, alert)
    raise not_found(request.url)


def _of_call(request: Request) -> list[Alert]:
    leg = calls.find(request)
    return [alert for alert in request.world.debugger if alert.call_sid == leg.sid]


def _render(request: Request, alert: Alert) -> dict[str, Any]:
    account = request.account.sid
    return {
        "account_sid": account,
        "api_version": API_VERSION,
        "call_sid": alert.call_sid,
        "date_created": rfc2822(alert.at),
        "date_updated": rfc2822(alert.at),
        "error_code": str(alert.code),
        "log": LOGS[alert.level],
        "message_date": rfc2822(alert.at),
        "message_text": alert.message,
        "more_info": f"https://www.twilio.com/docs/errors/{alert.code}",
        "request_method": "POST" if alert.url else None,
        "request_url": alert.url or None,
        "sid": alert.sid,
        "uri": f"/{API_VERSION}/Accounts/{account}/Calls/{alert.call_sid}/Notifications/{alert.sid}.json",
    }
