"""The whole visit: all groups in an order in which the first fault explains those after it."""

from collections.abc import Callable
from functools import partial
from typing import Any

import requests

from voice.books import Books, Page
from voice.carrier import Carrier, CarrierHttp
from voice.doctor import dialing, helpers, machine, reach, truth, twilio
from voice.doctor.findings import Finding, Ill, run
from voice.links import Links
from voice.settings import Settings
from voice.store import Store


def visit(settings: Settings, open_storage: Callable[[], Any]) -> list[Finding]:
    """Every check of this installation."""
    try:
        store = Store(settings.database_url)
        books = Books(store, settings.secret_text)
    except ValueError as wrong:
        return run([("settings", partial(_raise, str(wrong)))])
    session = requests.Session()
    carrier = Carrier(CarrierHttp(settings.twilio_api_url), settings.twilio_api_url)
    found = run([*truth.checks(store), *helpers.checks(settings.redis_url, open_storage)])
    found += run([("accounts", lambda: _read_books(books))])
    page: Page = books.page
    found += run(
        [
            *machine.checks(settings, page),
            *twilio.checks(page, carrier, Links(settings.public_base_url), session),
            *dialing.checks(page, carrier, books.live_flow),
            *reach.checks(page, settings.public_base_url, session),
        ]
    )
    store.close()
    return found


def _read_books(books: Books) -> str:
    try:
        books.refresh()
    except ValueError as wrong:
        raise Ill(str(wrong), "start with the SECRET_KEY under which the accounts were connected") from None
    return f"{len(books.page.accounts)} accounts, {len(books.page.numbers)} numbers"


def _raise(said: str) -> str:
    raise Ill(said, "settings are listed in docs/settings.md")
