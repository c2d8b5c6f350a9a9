"""The simulator as a program: HTTP in, HTTP out, the command line."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl

import pytest
import urllib3

from simulator.account import Account, BadAccountFile
from simulator.cli import main
from simulator.wire.service import Service
from simulator.wire.turnstile import Turnstile
from tests.simulator.pages import wav

NUMBER = "+15550100100"
SPEED = 8.0  # Twilio's 15 s are two of the wall's, which a busy machine needs


class Shop(BaseHTTPRequestHandler):
    """A web application on a real socket."""

    protocol_version = "HTTP/1.1"
    pages: ClassVar[dict[str, str]] = {}
    asked: ClassVar[list[tuple[str, dict[str, str]]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append((self.path, dict(parse_qsl(body))))
        page = f"<Response>{self.pages.get(self.path, '')}</Response>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def shop() -> Iterator[ThreadingHTTPServer]:
    Shop.pages, Shop.asked = {}, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def service(shop: ThreadingHTTPServer, tmp_path: Path) -> Iterator[Service]:
    account = Account.demo(seed=3, base_url=f"http://127.0.0.1:{shop.server_port}", numbers=(NUMBER,))
    service = Service(account, port=0, state=tmp_path / "state", speed=SPEED)
    thread = threading.Thread(target=service.run)
    thread.start()
    yield service
    service.stop()
    thread.join()


def ask(service: Service, method: str, path: str, **more: Any) -> tuple[int, Any]:
    reply = urllib3.request(
        method, f"http://127.0.0.1:{service.port}{path}", timeout=30.0, retries=False, **more
    )
    return reply.status, json.loads(reply.data or b"null")


def test_a_scripted_caller_rings_hears_presses_and_hangs_up(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    Shop.pages["/voice/incoming"] = (
        '<Gather action="/keys" numDigits="1" timeout="30"><Say>Press one</Say></Gather>'
    )
    Shop.pages["/keys"] = "<Say>thank you</Say><Pause length='60'/>"

    code = main(["call", "--to", NUMBER, "--from", "+12125550188", "--press", "1@3s", "--hangup", "12s",
                 "--server", f"http://127.0.0.1:{service.port}"])  # fmt: skip

    told = capsys.readouterr().out
    assert code == 0
    assert 'hears "Press one"' in told
    assert 'hears "thank you"' in told
    assert "the call is completed" in told
    assert ("/keys", "1") in [(path, form.get("Digits")) for path, form in Shop.asked]
    assert {form["From"] for _, form in Shop.asked} == {"+12125550188"}


def test_a_call_as_json_tells_its_transcript(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    Shop.pages["/voice/incoming"] = "<Say>good day</Say>"

    assert main(["call", "--to", NUMBER, "--json", "--server", f"http://127.0.0.1:{service.port}"]) == 0

    call = json.loads(capsys.readouterr().out)
    assert (call["state"], call["over"]) == ("completed", True)
    assert [line["text"] for line in call["transcript"] if line["kind"] == "say"] == ["good day"]


def test_a_caller_speaks_a_sound_file_after_the_beep(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Shop.pages["/voice/incoming"] = '<Record action="/done" timeout="3"/>'
    hello = tmp_path / "hello.wav"
    hello.write_bytes(wav(4).body)

    assert (
        main(["call", "--to", NUMBER, "--say", str(hello), "--server", f"http://127.0.0.1:{service.port}"])
        == 0
    )

    done = dict(Shop.asked)["/done"]
    assert int(done["RecordingDuration"]) in (3, 4, 5)
    assert "a beep" in capsys.readouterr().out


@pytest.mark.parametrize(("words", "told"), [
    (["call", "--to", "+15550109999"], "is not a number of this account; it owns +15550100100"),
    (["call", "--to", NUMBER, "--press", "1"], "write keys and moment like 1@3s"),
    (["call", "--to", NUMBER, "--press", "x@3s"], "is no key press"),
    (["call", "--to", NUMBER, "--hangup", "soon"], "is no duration"),
    (["call", "--to", NUMBER, "--say", "nothing.wav"], "cannot be read"),
])  # fmt: skip
def test_a_call_that_cannot_be_made_says_why(
    service: Service, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert main([*words, "--server", f"http://127.0.0.1:{service.port}"]) == 1
    assert told in capsys.readouterr().err


def test_without_a_simulator_the_caller_is_told_how_to_start_one(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

    assert main(["call", "--to", NUMBER, "--server", f"http://127.0.0.1:{port}"]) == 1
    assert "python -m simulator serve" in capsys.readouterr().err


def test_a_port_in_use_is_one_clear_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "twilio.json"
    file.write_text(json.dumps({"account_sid": "AC1", "auth_token": "x"}))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        code = main(["serve", "--port", str(taken.getsockname()[1]), "--account", str(file)])

    assert code == 1
    assert "choose another --port" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "told"), [
    (None, "cannot be read"), ("{", "is not JSON"), ("{}", "account_sid and auth_token missing"),
    ('{"account_sid": "AC1", "auth_token": "x", "numbers": [{}]}', "without e164"),
])  # fmt: skip
def test_a_bad_account_file_says_what_is_missing(tmp_path: Path, text: str | None, told: str) -> None:
    file = tmp_path / "twilio.json"
    if text is not None:
        file.write_text(text)

    with pytest.raises(BadAccountFile, match=told):
        Account.read(file)


def test_rest_is_served_with_basic_authentication(service: Service) -> None:
    account = next(iter(service.world.accounts.values()))
    path = f"/2010-04-01/Accounts/{account.sid}/IncomingPhoneNumbers.json"
    login = urllib3.make_headers(basic_auth=f"{account.sid}:{account.auth_token}")

    status, listing = ask(service, "GET", path, headers=login)

    assert (status, listing["incoming_phone_numbers"][0]["phone_number"]) == (200, NUMBER)
    assert ask(service, "GET", path)[0] == 401


def test_an_origin_of_a_browser_may_ask_the_signalling(service: Service) -> None:
    url = f"http://127.0.0.1:{service.port}/signal/connect"

    asked = urllib3.request("OPTIONS", url)
    refused = urllib3.request("POST", url, body="token=x")

    assert (asked.status, asked.headers["Access-Control-Allow-Origin"]) == (204, "*")
    assert (refused.status, refused.json()["code"]) == (401, 20101)
    assert refused.headers["Access-Control-Allow-Origin"] == "*"


def test_scripts_start_calls_act_in_them_and_read_state_and_ledger(service: Service) -> None:
    Shop.pages["/voice/incoming"] = "<Say loop='0'>on and on</Say>"

    _, call = ask(service, "POST", "/sim/calls", json={"to": NUMBER, "from": "+12125550188"})
    _, state = ask(service, "GET", "/sim/state")
    ask(service, "POST", f"/sim/calls/{call['sid']}", json={"hangup": True})
    _, after = ask(service, "GET", f"/sim/calls/{call['sid']}")
    _, ledger = ask(service, "GET", "/sim/ledger?after=0")
    _, rest = ask(service, "GET", f"/sim/ledger?after={ledger['last']}")

    assert [leg["sid"] for leg in state["calls"]] == [call["sid"]]
    assert after["over"]
    assert "call.ringing" in [fact["kind"] for fact in ledger["facts"]]
    assert all(fact["n"] > ledger["last"] for fact in rest["facts"])


def test_scripts_order_faults_and_phones(service: Service) -> None:
    fault = {"where": "webhook", "path": "/voice/incoming", "harm": "status", "status": 503}

    assert ask(service, "POST", "/sim/faults", json=fault) == (200, {"faults": 1})
    _, call = ask(service, "POST", "/sim/calls", json={"to": NUMBER})
    assert ask(service, "DELETE", "/sim/faults") == (200, {"faults": 0})
    assert ask(service, "POST", "/sim/phones", json={"number": "+1555", "does": "busy"})[0] == 200
    assert call["sid"].startswith("CA")


@pytest.mark.parametrize("fault", [
    {"where": "webhook", "harm": "lose-answer", "purpose": "conference status", "chance": 0.1, "times": None},
    {"where": "recording", "harm": "late", "seconds": 30},
    {"where": "recording", "harm": "absent"},
    {"where": "leg", "harm": "die", "path": "outbound-dial", "seconds": 3},
])  # fmt: skip
def test_every_kind_of_fault_can_be_ordered_and_is_listed(service: Service, fault: dict[str, Any]) -> None:
    assert ask(service, "POST", "/sim/faults", json=fault) == (200, {"faults": 1})

    (listed,) = ask(service, "GET", "/sim/faults")[1]["faults"]

    assert {key: listed[key] for key in fault} == fault


def test_a_blackout_is_ordered_and_taken_back(service: Service) -> None:
    ask(service, "POST", "/sim/faults", json={"where": "blackout", "seconds": 600})
    dark = service.world.faults.is_dark

    ask(service, "DELETE", "/sim/faults")

    assert (dark, service.world.faults.is_dark) == (True, False)


def test_one_rest_request_too_many_at_once_is_429(service: Service) -> None:
    account = next(iter(service.world.accounts.values()))
    turnstile = Turnstile(service.world)
    account.concurrent_requests = 2

    place = turnstile.place_for
    with place(account.sid) as first, place(account.sid) as second, place(account.sid) as third:
        pass
    with turnstile.place_for(account.sid) as fourth:
        pass

    assert (first, second, third, fourth) == (1, 2, None, 1)
    account.concurrent_requests = 0
    reply = urllib3.request(
        "GET",
        f"{service.url}/2010-04-01/Accounts/{account.sid}/Calls.json",
        headers=urllib3.make_headers(basic_auth=f"{account.sid}:{account.auth_token}"),
    )
    assert (reply.status, reply.json()["code"]) == (429, 20429)


@pytest.mark.parametrize(("method", "path", "body", "status"), [
    ("POST", "/sim/faults", {"where": "nowhere"}, 400),
    ("POST", "/sim/faults", {"where": "rest", "harm": "lose"}, 400),
    ("POST", "/sim/calls", {"to": NUMBER, "press": ["now"]}, 400),
    ("POST", "/sim/phones", {"number": "+1555", "does": "sings"}, 400),
    ("POST", "/sim/phones", {"number": "+1555", "after": "x"}, 400),
    ("GET", "/sim/calls/CA0", None, 404),
    ("GET", "/sim/nothing", None, 404),
    ("GET", "/sim/ledger?after=x", None, 400),
])  # fmt: skip
def test_orders_that_cannot_be_understood_are_refused(
    service: Service, method: str, path: str, body: Any, status: int
) -> None:
    got, answer = ask(service, method, path, json=body) if body else ask(service, method, path)

    assert got == status
    assert answer["error"]


def test_the_ledger_is_kept_in_the_state_folder(service: Service, tmp_path: Path) -> None:
    ask(service, "POST", "/sim/calls", json={"to": NUMBER})

    first = (tmp_path / "state" / "ledger.jsonl").read_text("utf-8").splitlines()[0]

    assert json.loads(first)["kind"] == "call.ringing"


def test_an_application_that_is_down_is_11205(service: Service, shop: ThreadingHTTPServer) -> None:
    account = next(iter(service.world.accounts.values()))
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        for number in account.numbers.values():
            number.voice_url = f"http://127.0.0.1:{unused.getsockname()[1]}/"

        main(["call", "--to", NUMBER, "--json", "--server", f"http://127.0.0.1:{service.port}"])

    assert service.world.debugger.codes()[0] == 11205
