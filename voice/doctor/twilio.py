"""Twilio, for each account and number: keys, time, where calls go, and who may hear recordings."""

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from functools import partial

import requests

from voice.books import Account, Page
from voice.carrier import Carrier
from voice.connect_carrier import QUEUE_SIZE, find_number
from voice.connect_plan import differences, wanted_settings
from voice.doctor.findings import Check, Ill
from voice.links import Links
from voice.phones import mask
from voice.turns import queue_name

MOST_SECONDS_APART = 30.0  # access tokens and signed requests bear minutes; a wrong clock is more than this
TIMEOUTS = (3.0, 10.0)


def checks(
    page: Page,
    carrier: Carrier,
    links: Links,
    session: requests.Session,
    now: Callable[[], float] = time.time,
) -> list[Check]:
    """The checks of this group, some for each account and one for each number."""
    found: list[Check] = []
    if not page.accounts:
        found.append(("twilio", _nobody))
    for account in page.accounts.values():
        found += [
            (f"keys of {account.id}", partial(_keys, carrier, account)),
            (f"time of {account.id}", partial(_time, carrier, account, now)),
            (f"media of {account.id}", partial(_media, carrier, account, session)),
        ]
    for shop in page.shops.values():
        account = page.accounts[shop.account_id]
        found.append(
            (
                f"queue of {shop.id}",
                partial(_queue, carrier, account, queue_name(shop.id)),
            )
        )
    for number, (_, account_id) in page.numbers.items():
        account = page.accounts[account_id]
        found.append(
            (
                f"number {mask(number)}",
                partial(_number, carrier, account, links, number),
            )
        )
    return found


def _nobody() -> str:
    raise Ill("no Twilio account is known yet", "let a number ring here: ringdesk connect +1...")


def _keys(carrier: Carrier, account: Account) -> str:
    tried = {"API key": (account.api_key_sid, account.secrets.api_key_secret)}
    for index, token in enumerate(account.secrets.auth_tokens):
        tried[f"auth token {index + 1}"] = (account.account_sid, token)
    refused = [name for name, auth in tried.items() if carrier.probe(account, auth)[0] != 200]
    if refused:
        raise Ill(
            f"Twilio refuses the {' and the '.join(refused)} of {account.account_sid}",
            "make new ones in Twilio's console and give them again: ringdesk connect NUMBER --account FILE",
        )
    return f"Twilio takes the {' and the '.join(tried)}"


def _time(carrier: Carrier, account: Account, now: Callable[[], float]) -> str:
    _, date = carrier.probe(account, (account.api_key_sid, account.secrets.api_key_secret))
    if not date:
        raise Ill("Twilio's answer carries no Date", "a proxy between here and Twilio takes headers away")
    apart = parsedate_to_datetime(date).timestamp() - now()
    if abs(apart) > MOST_SECONDS_APART:
        raise Ill(
            f"this machine and Twilio are {apart:+.0f} s apart; access tokens will be refused",
            "let this machine follow a time server: systemctl enable --now systemd-timesyncd (or chrony)",
        )
    return f"{apart:+.0f} s apart"


def _media(carrier: Carrier, account: Account, session: requests.Session) -> str:
    recordings = carrier.ask(account, lambda client: client.recordings.list(limit=1))
    if not recordings:
        return "no recording there yet to try"
    address = f"{carrier.media_host(account)}/2010-04-01/Accounts/{account.account_sid}/Recordings/{recordings[0].sid}.wav"
    status = session.get(address, timeout=TIMEOUTS, allow_redirects=False).status_code
    if status != 401:
        raise Ill(
            f"anybody may fetch recordings: without a key the answer is {status}, not 401",
            "Twilio's console > Voice > Settings > General: turn on 'Enforce HTTP Auth on Media URLs'",
        )
    return "a stranger is refused (401)"


def _queue(carrier: Carrier, account: Account, name: str) -> str:
    queues = carrier.ask(account, lambda client: client.queues.list(limit=1_000, page_size=1_000))
    there = next((queue for queue in queues if queue.friendly_name == name), None)
    size = int(there.max_size) if there is not None else 0
    if size < QUEUE_SIZE:
        said = (
            f"takes {size} callers" if there is not None else "is not made yet; Twilio's own default is 100"
        )
        raise Ill(
            f"{said}; the next one is turned away", "have it made and enlarged: ringdesk connect NUMBER"
        )
    return f"takes {size:,} callers"


def _number(carrier: Carrier, account: Account, links: Links, e164: str) -> str:
    way_out = "see what: ringdesk connect NUMBER --check; set it: ringdesk connect NUMBER"
    there = find_number(carrier, account, e164)
    if there is None:
        raise Ill(
            f"the account {account.account_sid} has no such number", "buy it, or take it out of the flow file"
        )
    differing = differences(there.settings, wanted_settings(links, ""))
    if differing:
        raise Ill(f"does not ring here: {', '.join(one.name for one in differing)} differ", way_out)
    if not there.settings["voice_fallback_url"]:
        raise Ill(
            "has no fallback: when this installation is down, callers hear Twilio's error",
            "upload the fallback file to another host, then: ringdesk connect NUMBER --fallback-url URL",
        )
    return "rings here, and has a fallback"
