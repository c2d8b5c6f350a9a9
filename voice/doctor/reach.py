"""From outside: a request signed as Twilio signs comes in through PUBLIC_BASE_URL, and an unsigned one does not."""

from functools import partial

import requests
from twilio.request_validator import RequestValidator

from voice.books import Page
from voice.doctor.findings import Check, Ill

TIMEOUTS = (3.0, 10.0)
HARMLESS = {"CallSid": "CA" + "0" * 32, "CallStatus": "ringing", "ApiVersion": "2010-04-01"}


def checks(page: Page, public_base_url: str, session: requests.Session) -> list[Check]:
    """One round trip for each account."""
    return [
        (
            f"signature of {account.id}",
            partial(
                _round_trip,
                f"{public_base_url.rstrip('/')}/voice/status",
                account.account_sid,
                account.secrets.auth_tokens[0],
                session,
            ),
        )
        for account in page.accounts.values()
    ]


def _round_trip(url: str, account_sid: str, token: str, session: requests.Session) -> str:
    fields = {**HARMLESS, "AccountSid": account_sid}
    signature = RequestValidator(token).compute_signature(url, fields)
    try:
        signed = _post(session, url, fields, {"X-Twilio-Signature": signature})
        unsigned = _post(session, url, fields, {})
    except requests.RequestException as error:
        raise Ill(
            f"{url} is not reached from here ({type(error).__name__})",
            "start ringdesk web, and look at PUBLIC_BASE_URL, DNS, the proxy and its certificate",
        ) from None
    if signed == 403:
        raise Ill(
            f"a genuine signature is refused at {url}",
            "PUBLIC_BASE_URL must be the address that Twilio calls, to the letter: scheme, host, port and prefix",
        )
    if signed != 200:
        raise Ill(f"{url} answers {signed}", "does PUBLIC_BASE_URL lead to ringdesk web? Its log says more")
    if unsigned != 403:
        raise Ill(
            f"a request without a signature is answered {unsigned}, not 403",
            "something in front of ringdesk web answers in its place",
        )
    return "a genuine request comes in, another does not"


def _post(session: requests.Session, url: str, fields: dict[str, str], headers: dict[str, str]) -> int:
    return session.post(
        url, data=fields, headers=headers, timeout=TIMEOUTS, allow_redirects=False
    ).status_code
