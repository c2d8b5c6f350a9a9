"""What `ringdesk connect` asks of Twilio: numbers, the application that browsers call, and the waiting room's queue."""

from dataclasses import dataclass
from typing import Any

from voice.books import Account
from voice.carrier import Carrier
from voice.connect_plan import NAMES, Settings
from voice.links import Links

APP_NAME = "ringdesk"
QUEUE_SIZE = 5_000  # Twilio's most; without asking for it a queue takes 1,000 (once 100)


@dataclass(frozen=True)
class NumberThere:
    """A number as Twilio has it."""

    sid: str
    settings: Settings


def find_number(carrier: Carrier, account: Account, e164: str) -> NumberThere | None:
    """A number of this account; None when the account has no such number."""
    found = carrier.ask(
        account, lambda client: client.incoming_phone_numbers.list(phone_number=e164, limit=1)
    )
    if not found:
        return None
    return NumberThere(str(found[0].sid), {name: str(getattr(found[0], name) or "") for name in NAMES})


def change_number(carrier: Carrier, account: Account, number_sid: str, settings: Settings) -> None:
    """Set these settings of a number; an empty text clears one."""
    changed: dict[str, Any] = dict(settings)
    carrier.ask(account, lambda client: client.incoming_phone_numbers(number_sid).update(**changed))


def ready_app(carrier: Carrier, account: Account, links: Links) -> str:
    """The application that agents' browsers call in by, made or brought up to date; its sid."""
    wanted = {
        "voice_url": links.agent(),
        "voice_method": "POST",
        "status_callback": links.status(),
        "status_callback_method": "POST",
    }
    found = carrier.ask(account, lambda client: client.applications.list(friendly_name=APP_NAME, limit=1))
    if not found:
        made = carrier.ask(
            account, lambda client: client.applications.create(friendly_name=APP_NAME, **wanted)
        )
        return str(made.sid)
    app = found[0]
    if any(str(getattr(app, name) or "") != value for name, value in wanted.items()):
        carrier.ask(account, lambda client: client.applications(app.sid).update(**wanted))
    return str(app.sid)


def ready_queue(carrier: Carrier, account: Account, name: str) -> str:
    """The waiting room of a merchant, made or made large enough; its sid."""
    queues = carrier.ask(account, lambda client: client.queues.list(limit=1_000, page_size=1_000))
    there = next((queue for queue in queues if queue.friendly_name == name), None)
    if there is not None:
        if there.max_size != QUEUE_SIZE:
            carrier.ask(account, lambda client: client.queues(there.sid).update(max_size=QUEUE_SIZE))
        return str(there.sid)
    made = carrier.ask(account, lambda client: client.queues.create(friendly_name=name, max_size=QUEUE_SIZE))
    return str(made.sid)
