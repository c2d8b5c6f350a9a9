"""One genuine request for each of Twilio's doors, from a shop where one caller talks, one waits and one has just come.

for knock in knocks(shop): status, content_type, body = ask(shop.app.wsgi_app, *knock.sent(RIGHT))
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from werkzeug.test import run_wsgi_app

from simulator.account import Account
from tests.build import BASE_URL
from tests.journeys.northwind import CUSTOMER, NORTHWIND
from tests.journeys.shop import Shop
from tests.wire.build import Environ, Sender, every_sender, signed_environ
from voice import agents, models
from voice.runtime import Runtime
from voice.vault import AccountSecrets, seal_secrets

OLD, OTHERS, SHARED = "b" * 32, "c" * 32, ("k1", "d" * 40)
OTHER_ACCOUNT = "AC" + "9" * 32
JUST_COME = "CA" + "7" * 32
MOBILE = "+12025550171"


class Answered(NamedTuple):
    """What comes back, as far as Twilio looks at it."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True)
class Knock:
    """A request as Twilio would make it."""

    door: str
    path: str
    fields: dict[str, str]

    def sent(self, sender: Sender, account_sid: str | None = None, **changed: Any) -> tuple[Environ, bytes]:
        """The environ and body, signed by somebody, in the name of the account that the request is about or another."""
        fields = self.fields | ({"AccountSid": account_sid} if account_sid else {})
        return signed_environ(
            self.path,
            fields,
            secret=sender.secret,
            algorithm=sender.algorithm,
            shared_key_id=sender.shared_key_id,
            base_url=BASE_URL,
            **changed,
        )


def busy_shop(folder: Path) -> Shop:
    """Ann talks, a second caller waits while Ben is asked on his mobile; a second account is known, and each account has an old secret or shared key."""
    folder.mkdir()
    shop = Shop(folder)
    shop.is_quiet = False
    give_secrets(shop.rt, shop.sim.account)
    shop.talk()
    shop.joins_queue("+12025550199")
    with shop.rt.write() as tx:
        ben = tx.get_one(models.Agent, "us_ben")
        ben.phone, ben.on_phone = MOBILE, True
    agents.start_shift(shop.rt, "us_ben")
    shop.sim.phone(MOBILE).hears("Press 1")
    return shop


def senders(shop: Shop) -> list[Sender]:
    """All who may knock at a shop's doors."""
    return every_sender(right=shop.sim.account.auth_token, old=OLD, others=OTHERS, shared=SHARED)


def right_one(shop: Shop) -> Sender:
    """Twilio itself."""
    return next(sender for sender in senders(shop) if sender.who == "the right secret")


def the_other(shop: Shop) -> Sender:
    """A genuine account of ours that has nothing to do with these calls."""
    return right_one(shop)._replace(who="the other account", secret=OTHERS)


def knocks(shop: Shop) -> list[Knock]:
    """One for each door; those that end something come last."""
    talk = shop.only(models.Participation)
    talking, waiting = (shop.rows(models.Call)[i] for i in (0, 1))
    place = next(row for row in shop.rows(models.Waiting) if row.call_id == waiting.id)
    account = {"AccountSid": talking.account_sid, "ApiVersion": "2010-04-01"}
    customer = account | {
        "CallSid": talking.call_sid,
        "From": CUSTOMER,
        "To": NORTHWIND,
        "CallStatus": "in-progress",
        "Direction": "inbound",
    }
    waits, new = customer | {"CallSid": waiting.call_sid}, customer | {"CallSid": JUST_COME}
    agent = customer | {"CallSid": talk.leg_sid, "From": f"client:{talk.agent_id}", "offer": talk.offer_id}
    room = account | {"ConferenceSid": talk.room_sid, "FriendlyName": talk.room, "SequenceNumber": "9"}
    ring = shop.only(models.PhoneRing)
    mobile = account | {"CallSid": ring.leg_sid, "From": NORTHWIND, "To": MOBILE, "Direction": "outbound-api"}
    tape = account | {
        "RecordingSid": "RE" + "5" * 32,
        "CallSid": talking.call_sid,
        "RecordingStatus": "completed",
    }
    return [
        Knock("incoming", "/voice/incoming", new),
        Knock("again", "/voice/again", waits),
        Knock("turn", f"/voice/turn/{_sealed(shop, new)}", new | {"Digits": "7"}),
        Knock("wait", f"/voice/wait/{place.id}", waits | {"QueueTime": "20", "QueuePosition": "1"}),
        Knock("leg", f"/voice/leg/{talking.id}", customer),
        Knock("agent", "/voice/agent", agent),
        Knock("hold", f"/voice/hold/{talk.room}", room | {"CallSid": talking.call_sid}),
        Knock("ringing", f"/voice/ringing/{talk.room}", agent),
        Knock("dialled", f"/voice/dialled/{talking.id}", customer | {"CallStatus": "ringing"}),
        Knock("phone", f"/voice/phone/{ring.id}", mobile | {"CallStatus": "in-progress", "Digits": "2"}),
        Knock("phone-told", f"/voice/phone-told/{ring.id}", mobile | {"CallStatus": "completed"}),
        Knock("goodbye", "/voice/goodbye", customer),
        Knock(
            "recording", "/voice/recording/call", tape | {"RecordingDuration": "12", "RecordingChannels": "2"}
        ),
        Knock(
            "room",
            f"/voice/room/{talk.room}",
            room | {"StatusCallbackEvent": "participant-leave", "CallSid": talk.leg_sid},
        ),
        Knock("agent-left", f"/voice/agent-left/{talk.id}", agent | {"CallStatus": "completed"}),
        Knock("status", "/voice/status", waits | {"CallStatus": "completed", "CallDuration": "30"}),
    ]


def ask(app: Callable[..., Any], environ: Environ, body: bytes) -> Answered:
    """Send a request through a WSGI application."""
    pieces, status, headers = run_wsgi_app(app, environ | {"wsgi.input": BytesIO(body)}, buffered=True)
    answer = b"".join(pieces)
    if environ["REQUEST_METHOD"] != "HEAD":
        assert headers["Content-Length"] == str(len(answer))
    return Answered(int(status.split()[0]), headers.get("Content-Type", ""), answer)


def _sealed(shop: Shop, fields: dict[str, str]) -> str:
    """The session of somebody who listens to the menu."""
    first = Knock("incoming", "/voice/incoming", fields)
    document = ask(shop.app.wsgi_app, *first.sent(right_one(shop))).body.decode()
    found = re.search(r"/voice/turn/([A-Za-z0-9_-]+)", document)
    assert found is not None, document
    return found[1]


def give_secrets(rt: Runtime, account: Account) -> None:
    """The account gets an old secret and a shared key; a second account of ours has secrets of its own."""
    key = account.api_keys[account.api_key_sid]
    ours = AccountSecrets((account.auth_token, OLD), key, dict([SHARED]))
    theirs = AccountSecrets((OTHERS,), "", {"k9": OTHERS})
    with rt.write() as tx:
        main = tx.get_one(models.TwilioAccount, "main")
        main.secrets_sealed = seal_secrets(ours, rt.settings.secret_text, main.account_sid)
        tx.add(
            models.TwilioAccount(
                id="other",
                account_sid=OTHER_ACCOUNT,
                secrets_sealed=seal_secrets(theirs, rt.settings.secret_text, OTHER_ACCOUNT),
                api_key_sid="SK" + "9" * 32,
                app_sid="AP" + "9" * 32,
            )
        )
    rt.books.refresh()
