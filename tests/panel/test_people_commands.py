"""ringdesk users, teams and merchants, as somebody at the shell uses them."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

import app
from panel import passwords
from tests.journeys.northwind import FLOW
from tests.panel.build import Browser, account, bump, call, ring, waiting
from voice.models import Agent, Audit, FlowVersion, Membership, Merchant, Offer, QueueMember, User
from voice.runtime import Runtime

pytestmark = pytest.mark.usefixtures("shops")

Ringdesk = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ringdesk(rt: Runtime, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ringdesk:
    """Runs the command on the test's own database: exit code, what it said, what it complained of."""
    monkeypatch.setattr("voice.build.build_runtime", lambda _settings: rt)

    def run(*words: str) -> tuple[int, str, str]:
        code = app.main(list(words))
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def secret(tmp_path: Path) -> str:
    """A file that holds a password."""
    file = tmp_path / "password"
    file.write_text("a long enough secret\n", encoding="utf-8")
    return str(file)


def user(rt: Runtime, email: str) -> User:
    with rt.store.read() as tx:
        return tx.scalars(select(User).where(User.email == email)).one()


def queues(rt: Runtime, agent_id: str) -> list[str]:
    with rt.store.read() as tx:
        rows = tx.scalars(select(QueueMember.queue).where(QueueMember.agent_id == agent_id))
        return sorted(row for row in rows if row != "order_status")


def a_flow(rt: Runtime) -> None:
    """Northwind's flow is live; it has the queue orders."""
    with rt.write() as tx:
        text = FLOW.replace("steps:", "steps:", 1)
        tx.add(FlowVersion(merchant_id="northwind", digest="d1", text=text, published_at=0, published_by="t"))
        tx.get_one(Merchant, "northwind").live_digest = "d1"
    account(rt)


def test_an_agent_is_added_with_a_password_from_a_file(ringdesk: Ringdesk, rt: Runtime, secret: str) -> None:
    code, said, _ = ringdesk(
        "users", "add", "mia@northwind.example", "--name", "Mia Hart", "--merchant", "northwind",
        "--role", "agent", "--password-file", secret,
    )  # fmt: skip

    mia = user(rt, "mia@northwind.example")
    assert code == 0
    assert "mia@northwind.example is agent at northwind" in said
    assert "no calls come before a team is joined" in said
    assert "secret" not in said
    assert passwords.is_right("a long enough secret", mia.password_hash)
    with rt.store.read() as tx:
        assert tx.get_one(Membership, ("northwind", mia.id)).role == "agent"
        assert tx.get_one(Agent, mia.id).state == "offline"


def test_a_made_up_password_is_printed_once_and_signs_in(ringdesk: Ringdesk, rt: Runtime) -> None:
    _, said, _ = ringdesk("users", "reset-password", "ann@example.com", "--generate")

    (line,) = [line for line in said.splitlines() if line.startswith("password ")]
    assert passwords.is_right(line.split()[1], user(rt, "ann@example.com").password_hash)


def test_a_password_comes_from_standard_input(
    ringdesk: Ringdesk, rt: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct battery horse\n"))

    assert ringdesk("users", "reset-password", "ann@example.com", "--password-file", "-")[0] == 0

    assert passwords.is_right("correct battery horse", user(rt, "ann@example.com").password_hash)


def test_the_prompt_wants_the_password_twice(
    ringdesk: Ringdesk, rt: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter(["one long password", "another long password"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _text: next(typed))
    before = user(rt, "ann@example.com").password_hash

    code, _, wrong = ringdesk("users", "reset-password", "ann@example.com")

    assert (code, wrong) == (1, "ringdesk: the two passwords differ; nothing was changed\n")
    assert user(rt, "ann@example.com").password_hash == before


def test_no_word_takes_a_password_as_a_flag(ringdesk: Ringdesk, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        ringdesk("users", "reset-password", "ann@example.com", "--password", "visible in ps")

    assert "unrecognized arguments" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("users", "disable", "nobody@example.com"), "there is no account 'nobody@example.com'; see: ringdesk users list"),
        (("users", "role", "ann@example.com", "northwind", "boss"), "'boss' is no role; give one of agent, supervisor"),
        (("users", "role", "ann@example.com", "acme", "agent"), "there is no merchant 'acme'; there is: northwind, tailspin"),
        (("teams", "join", "northwind", "days", "ann@example.com"), "northwind has no team 'days'; see: ringdesk teams list"),
        (("teams", "add", "acme", "days"), "there is no merchant 'acme'"),
        (("teams", "add", "northwind", "the day shift!"), "is no team's name"),
        (("merchants", "add", "Acme Inc", "--name", "Acme", "--timezone", "UTC"), "is no merchant's short name"),
        (("merchants", "add", "acme", "--name", "Acme", "--timezone", "Berlin"), "'Berlin' is no time zone"),
        (("merchants", "add", "acme", "--name", "Acme", "--timezone", "UTC"), "there is no Twilio account yet"),
        (("merchants", "add", "northwind", "--name", "N", "--timezone", "UTC"), "there is a merchant 'northwind' already"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_with_the_way_out(
    ringdesk: Ringdesk, rt: Runtime, words: tuple[str, ...], says: str
) -> None:
    rt.books.refresh()

    code, said, wrong = ringdesk(*words)

    assert (code, said) == (1, "")
    assert says in wrong
    assert wrong.count("\n") == 1


@pytest.mark.parametrize(
    ("email", "password", "says"),
    [
        ("ann@example.com", "a long enough secret", "there is an account 'ann@example.com' already"),
        ("ANN@example.com", "a long enough secret", "already"),
        ("not an address", "a long enough secret", "is no e-mail address"),
        ("new@example.com", "short", "a password has 12 to 128 characters; this one has 5"),
    ],
)
def test_a_faulty_account_is_not_added(
    ringdesk: Ringdesk, rt: Runtime, tmp_path: Path, email: str, password: str, says: str
) -> None:
    file = tmp_path / "password"
    file.write_text(password, encoding="utf-8")

    code, _, wrong = ringdesk(
        "users", "add", email, "--name", "N", "--merchant", "northwind", "--role", "agent",
        "--password-file", str(file),
    )  # fmt: skip

    assert code == 1
    assert says in wrong
    with rt.store.read() as tx:
        assert len(tx.scalars(select(User)).all()) == 4


def test_lists_are_for_people_and_for_scripts(ringdesk: Ringdesk) -> None:
    _, said, _ = ringdesk("users", "list", "--merchant", "tailspin")
    _, told, _ = ringdesk("users", "list", "--json")

    assert said.splitlines()[0].split() == ["E-MAIL", "NAME", "ROLES", "STATE"]
    assert said.splitlines()[1].split() == ["carl@example.com", "Carl", "agent", "at", "tailspin", "active"]
    rows = {row["email"]: row for row in json.loads(told)}
    assert rows["sue@example.com"]["roles"] == {"northwind": "supervisor"}
    assert "password" not in told


def test_who_is_disabled_is_signed_out_off_shift_and_the_ring_goes_to_others(
    ringdesk: Ringdesk, rt: Runtime, client_of: Callable[[str], Browser]
) -> None:
    ann = client_of("ann")
    call(rt, "northwind", "ca_1")
    waiting(rt, "northwind", "ca_1")
    ring(rt, "northwind", "ca_1", "us_ann")

    code, _, _ = ringdesk("users", "disable", "ann@example.com")

    assert code == 0
    assert ann.get("/api/me").status_code == 401
    with rt.store.read() as tx:
        assert tx.get_one(Agent, "us_ann").state == "offline"
        offers = tx.scalars(select(Offer)).all()
    assert [(one.agent_id, one.state) for one in offers if one.state != "withdrawn"] in (
        [],
        [("us_bob", "offered")],
    )
    assert any(one.agent_id == "us_ann" and one.state == "withdrawn" for one in offers)
    refused = ann.client.post(
        "/api/login", json={"email": "ann@example.com", "password": "correct horse battery"}
    )
    assert refused.status_code == 401
    ringdesk("users", "enable", "ann@example.com")
    assert client_of("ann").get("/api/me").status_code == 200


def test_who_is_disabled_in_a_talk_is_off_shift_when_it_is_over(ringdesk: Ringdesk, rt: Runtime) -> None:
    bump(rt, "us_ann", state="on_call")

    ringdesk("users", "disable", "ann@example.com")

    with rt.store.read() as tx:
        ann = tx.get_one(Agent, "us_ann")
    assert (ann.state, ann.next_state) == ("on_call", "offline")


def test_sessions_are_listed_and_ended(ringdesk: Ringdesk, client_of: Callable[[str], Browser]) -> None:
    first, second = client_of("ann"), client_of("ann")

    rows = json.loads(ringdesk("users", "sessions", "ann@example.com", "--json")[1])
    _, said, _ = ringdesk("users", "sign-out", "ann@example.com")

    assert [len(row["id"]) for row in rows] == [16, 16]
    assert said == "2 sessions of ann@example.com ended\n"
    assert [one.get("/api/me").status_code for one in (first, second)] == [401, 401]


def test_a_teams_agents_take_its_queues_and_leave_them_with_it(ringdesk: Ringdesk, rt: Runtime) -> None:
    a_flow(rt)
    for words in (
        ("add", "northwind", "days"),
        ("join", "northwind", "days", "ann@example.com"),
        ("serve", "northwind", "days", "orders"),
        ("join", "northwind", "days", "bob@example.com"),
        ("add", "northwind", "nights"),
        ("serve", "northwind", "nights", "orders"),
        ("join", "northwind", "nights", "bob@example.com"),
    ):
        code, _, wrong = ringdesk("teams", *words)
        assert (code, wrong) == (0, "")
    in_both = (queues(rt, "us_ann"), queues(rt, "us_bob"))

    ringdesk("teams", "remove", "northwind", "days", "--yes")
    bob_still = (queues(rt, "us_ann"), queues(rt, "us_bob"))
    ringdesk("teams", "unserve", "northwind", "nights", "orders")

    assert in_both == (["orders"], ["orders"])
    assert bob_still == ([], ["orders"])
    assert queues(rt, "us_bob") == []
    assert json.loads(ringdesk("teams", "list", "--json")[1]) == [
        {
            "merchant_id": "northwind",
            "name": "nights",
            "queues": [],
            "members": ["bob@example.com"],
            "by_flow": [],
        }
    ]


def test_a_team_takes_only_queues_that_the_flow_has_and_agents_of_the_merchant(
    ringdesk: Ringdesk, rt: Runtime
) -> None:
    a_flow(rt)
    ringdesk("teams", "add", "northwind", "days")

    assert (
        "has no queue 'oders'; it has: orders" in ringdesk("teams", "serve", "northwind", "days", "oders")[2]
    )
    assert (
        "carl@example.com has no role at northwind"
        in ringdesk("teams", "join", "northwind", "days", "carl@example.com")[2]
    )
    assert (
        "sue@example.com takes no calls"
        in ringdesk("teams", "join", "northwind", "days", "sue@example.com")[2]
    )


def test_who_loses_the_role_loses_the_queues(ringdesk: Ringdesk, rt: Runtime) -> None:
    ringdesk("users", "role", "ann@example.com", "northwind", "none")

    with rt.store.read() as tx:
        assert tx.scalars(select(QueueMember).where(QueueMember.agent_id == "us_ann")).all() == []
        assert tx.get(Membership, ("northwind", "us_ann")) is None


def test_a_merchant_is_added_to_the_only_account_and_listed(ringdesk: Ringdesk, rt: Runtime) -> None:
    account(rt)

    code, said, _ = ringdesk(
        "merchants", "add", "acme", "--name", "Acme Tools", "--timezone", "Europe/Berlin"
    )

    assert code == 0
    assert "acme.yaml" in said
    rows = {row["id"]: row for row in json.loads(ringdesk("merchants", "list", "--json")[1])}
    assert (rows["acme"]["name"], rows["acme"]["account"], rows["acme"]["numbers"]) == (
        "Acme Tools",
        "acc",
        [],
    )


def test_a_merchant_is_disabled_only_when_somebody_is_sure(ringdesk: Ringdesk, rt: Runtime) -> None:
    a_flow(rt)
    call(rt, "northwind", "ca_1")
    waiting(rt, "northwind", "ca_1")

    unsure = ringdesk("merchants", "disable", "northwind")
    code, said, _ = ringdesk("merchants", "disable", "northwind", "--yes")
    again = ringdesk("merchants", "disable", "northwind")

    assert unsure[0] == 1
    assert "Disable Northwind Outdoor? 1 call is in progress, 1 waiting for an agent" in unsure[2]
    assert "give --yes" in unsure[2]
    assert code == 0
    assert "back again: ringdesk merchants enable northwind" in said
    assert again[:2] == (0, "northwind is disabled already\n")
    (row,) = [row for row in ringdesk("merchants", "list")[1].splitlines() if row.startswith("northwind")]
    assert row.endswith("disabled")

    assert ringdesk("merchants", "enable", "northwind")[:2] == (0, "northwind is enabled: no number yet\n")
    assert ringdesk("merchants", "enable", "northwind")[1].startswith("northwind is enabled already")


def test_a_team_with_agents_is_removed_only_when_somebody_is_sure(ringdesk: Ringdesk, rt: Runtime) -> None:
    a_flow(rt)
    ringdesk("teams", "add", "northwind", "days")
    ringdesk("teams", "serve", "northwind", "days", "orders")
    ringdesk("teams", "join", "northwind", "days", "ann@example.com")

    code, _, wrong = ringdesk("teams", "remove", "northwind", "days")

    assert code == 1
    assert "Its agent takes no more calls of orders" in wrong
    assert queues(rt, "us_ann") == ["orders"]


def test_nobody_types_a_password_for_an_account_that_cannot_be(
    ringdesk: Ringdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getpass", lambda _text: pytest.fail("asked for a password"))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)

    for merchant, role, says in (
        ("acme", "agent", "no merchant 'acme'"),
        ("northwind", "boss", "is no role"),
    ):
        words = ("users", "add", "new@example.com", "--name", "N", "--merchant", merchant, "--role", role)
        assert says in ringdesk(*words)[2]


def test_an_agent_without_a_desk_gets_a_phone_and_a_shift(rt: Runtime, ringdesk: Ringdesk) -> None:
    a_flow(rt)
    rt.books.refresh()
    ann = "ann@example.com"
    with rt.write() as tx:
        agent = tx.get_one(Agent, "us_ann")
        agent.state = "offline"
    assert ringdesk("users", "shift", ann, "start")[2].startswith(
        "ringdesk: ann@example.com takes calls in a"
    )
    assert ringdesk("users", "calls", ann, "phone")[2] == "ringdesk: First enter the number of your phone.\n"
    assert "costs its caller extra" in ringdesk("users", "phone", ann, "+1 900 555 0123")[2]
    assert ringdesk("users", "phone", ann, "(202) 555-0171")[1] == f"{ann} may take calls on +12025550171\n"
    assert ringdesk("users", "calls", ann, "phone") == (0, f"calls of {ann} come to the phone\n", "")
    assert ringdesk("users", "shift", ann, "start")[1] == f"{ann} is available\n"
    assert ringdesk("users", "shift", ann, "start")[1] == f"{ann} is available\n"
    assert ringdesk("users", "shift", ann, "end")[1] == f"{ann} is offline\n"
    assert ringdesk("users", "shift", ann, "end")[1] == f"{ann} is offline\n"
    assert ringdesk("users", "phone", ann, "none")[1] == f"{ann} has no phone\n"

    with rt.store.read() as tx:
        assert not tx.get_one(Agent, "us_ann").on_phone
        kinds = list(tx.scalars(select(Audit.kind).order_by(Audit.id)))
    assert kinds == ["phone_set", "calls_moved", "shift_started", "shift_ended", "phone_set"]


def test_a_shift_that_ends_after_the_call_is_told_once(rt: Runtime, ringdesk: Ringdesk) -> None:
    bump(rt, "us_ann", state="on_call", on_phone=True)
    for _ in range(2):
        said = ringdesk("users", "shift", "ann@example.com", "end")[1]
        assert said == "ann@example.com is on_call, then offline\n"
    ringdesk("users", "shift", "ann@example.com", "start")

    with rt.store.read() as tx:
        assert list(tx.scalars(select(Audit.kind))) == ["shift_ended"]
