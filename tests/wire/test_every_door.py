"""Every route that changes anything has somebody at the door: Twilio's have the guard, people's the session's token.

The routes are those of the application as it is served, whoever added them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import pytest
import structlog
from flask import Flask
from werkzeug.routing import Rule

from app import create_app
from panel.login import hash_of
from simulator.account import Account
from tests.build import BASE_URL, SECRET, account_json
from tests.journeys.northwind import FLOW, NORTHWIND
from tests.wire.build import Sender, call_fields, every_sender, signed_environ
from tests.wire.knocks import OLD, OTHER_ACCOUNT, OTHERS, SHARED, ask, give_secrets
from voice import models
from voice.build import build_runtime
from voice.migrate import migrate
from voice.seeding import seed_merchants
from voice.settings import Settings
from voice.store import Store

SAFE = {"GET", "HEAD", "OPTIONS"}
ACCOUNT = Account.demo(base_url=BASE_URL, numbers=(NORTHWIND,))
SENDERS = every_sender(right=ACCOUNT.auth_token, old=OLD, others=OTHERS, shared=SHARED)
COOKIE = "ringdesk=a-token"

# The way in: it asks for address and password, and refuses foreign pages by their Origin.
OPEN_TO_ALL = ["POST /api/login"]


@dataclass(frozen=True)
class Served:
    """The application of one web process."""

    app: Flask

    def rules(self, *, unsafe: bool = False) -> list[tuple[str, Rule]]:
        """Every method and rule, or only those that may change something."""
        methods = ((method, rule) for rule in self.app.url_map.iter_rules() for method in rule.methods or ())
        return sorted(
            ((method, rule) for method, rule in methods if not unsafe or method not in SAFE),
            key=lambda pair: (pair[1].rule, pair[0]),
        )

    def unprotected(self) -> list[str]:
        """What a signed-in browser may be made to send by another page, without the session's token or a signature."""
        return [
            f"{method} {rule.rule}"
            for method, rule in self.rules(unsafe=True)
            if self.status(rule, method=method, HTTP_COOKIE=COOKIE) != 403
        ]

    def status(
        self, rule: Rule, sender: Sender | None = None, account_sid: str = ACCOUNT.sid, **changed: str
    ) -> int:
        """The answer to a request for a rule, each variable of which is 1."""
        environ, body = signed_environ(
            path_of(rule),
            call_fields(AccountSid=account_sid),
            secret=sender.secret if sender else None,
            algorithm=sender.algorithm if sender else "HMAC_SHA1",
            shared_key_id=sender.shared_key_id if sender else None,
            base_url=BASE_URL,
        )
        changed["REQUEST_METHOD"] = changed.pop("method", "POST")
        return ask(self.app.wsgi_app, environ | changed | {"wsgi.input": BytesIO(body)}, body).status


def path_of(rule: Rule) -> str:
    built = rule.build(dict.fromkeys(rule.arguments, "1") | dict(rule.defaults or {}))
    assert built is not None, rule
    return built[1]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    (folder / "flows").mkdir()
    (folder / "flows" / "northwind.yaml").write_text(FLOW, encoding="utf-8")
    (folder / "account.json").write_text(json.dumps(account_json(ACCOUNT)), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PUBLIC_BASE_URL", BASE_URL)
        patch.setenv("DATABASE_URL", f"sqlite:///{folder}/ringdesk.db")
        patch.setenv("STORAGE_URL", f"file:{folder}/recordings")
        patch.setenv("FLOWS_DIR", str(folder / "flows"))
        patch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
        patch.setenv("SECRET_KEY", SECRET)
        _seed(Settings())
        app = create_app()
    yield Served(app)
    for loop in app.extensions["loops"]:
        loop.stop()
    structlog.reset_defaults()


def _seed(settings: Settings) -> None:
    migrate(Store(settings.database_url), lambda _line: None)
    rt = build_runtime(settings)
    seed_merchants(rt, settings.flows_dir.parent / "account.json")
    give_secrets(rt, ACCOUNT)
    with rt.write() as tx:
        tx.add(
            models.User(
                id="us_ann", email="ann@northwind.example", name="Ann", password_hash="", created_at=0
            )
        )
        tx.add(models.Agent(id="us_ann", identity="us_ann", name="Ann", since_at=rt.now()))
        tx.add(models.Membership(merchant_id="northwind", user_id="us_ann", role="supervisor"))
        tx.add(
            models.LoginSession(
                token_hash=hash_of("a-token"),
                user_id="us_ann",
                csrf="a-csrf",
                created_at=rt.now(),
                seen_at=rt.now(),
                expires_at=rt.now() + 86400,
            )
        )
    rt.store.close()


def voice_rules(served: Served) -> list[Rule]:
    return [rule for method, rule in served.rules() if rule.rule.startswith("/voice/") and method == "POST"]


@pytest.mark.parametrize("sender", SENDERS, ids=lambda sender: "-".join(map(str, sender)))
def test_every_route_of_twilios_lets_in_only_who_signs_rightly(served: Served, sender: Sender) -> None:
    for rule in voice_rules(served):
        status = served.status(rule, sender)

        assert status != 403 if sender.is_let_in else status == 403, rule
        assert status < 500, rule


def test_another_account_signs_for_itself_only(served: Served) -> None:
    other = next(sender for sender in SENDERS if sender.who == "another account")
    for rule in voice_rules(served):
        assert served.status(rule, other, ACCOUNT.sid) == 403
        assert served.status(rule, other, OTHER_ACCOUNT) in (200, 400)


def test_twilios_routes_are_the_doors_and_take_nothing_but_posts(served: Served) -> None:
    methods = {method for method, rule in served.rules() if rule.rule.startswith("/voice")}

    assert len(voice_rules(served)) == 16
    assert methods == {"POST", "OPTIONS"}


def test_no_route_that_changes_anything_is_without_guard_or_token(served: Served) -> None:
    assert served.unprotected() == OPEN_TO_ALL


def test_the_way_in_refuses_foreign_pages(served: Served) -> None:
    (login,) = (rule for _, rule in served.rules(unsafe=True) if rule.rule == "/api/login")

    assert served.status(login, HTTP_ORIGIN="https://evil.example") == 403
    assert served.status(login, HTTP_SEC_FETCH_SITE="cross-site") == 403


def test_the_cookie_of_this_test_is_a_signed_in_one(served: Served) -> None:
    (me,) = (rule for method, rule in served.rules() if rule.rule == "/api/me" and method == "GET")

    assert served.status(me, method="GET", HTTP_COOKIE=COOKIE) == 200
    assert served.status(me, method="GET") == 401


def test_a_route_that_somebody_forgot_to_guard_is_found() -> None:
    naked = Flask("naked", static_folder=None)
    naked.add_url_rule(
        "/api/forgotten/<int:which>", "forgotten", lambda which: "done", methods=["POST", "GET"]
    )

    assert Served(naked).unprotected() == ["POST /api/forgotten/<int:which>"]
