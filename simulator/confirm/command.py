"""`python -m simulator confirm`: asks an account, a real one or the simulator's, whether it does as is assumed."""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import urllib3

from simulator.account import BadAccountFile
from simulator.assumed import ASSUMED
from simulator.caller import CannotCall
from simulator.confirm.probes import BY_HAND, PROBES
from simulator.confirm.run import Desk, run
from simulator.confirm.seen import Form, Reply


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="what to confirm (default: everything a call can show)"
    )
    parser.add_argument("--list", action="store_true", help="say how each assumption can be confirmed")
    parser.add_argument(
        "--account", type=Path, metavar="FILE", help="JSON with account_sid, auth_token and two numbers"
    )
    parser.add_argument(
        "--api", default="https://api.twilio.com", help="the REST API (default: Twilio's own)"
    )
    parser.add_argument(
        "--public-url", metavar="URL", help="where Twilio reaches this machine, such as a tunnel's address"
    )
    parser.add_argument(
        "--port", type=int, default=5005, help="the port that the tunnel leads to (default 5005)"
    )


def command(given: argparse.Namespace) -> int:
    """0 when everything is as assumed, 1 when something is not."""
    if given.list:
        return _list()
    probes = [probe for probe in PROBES if not given.names or probe.id in given.names]
    if not probes:
        raise CannotCall(f"no probe is named {' or '.join(given.names)}; see --list")
    if given.account is None:
        raise BadAccountFile(
            "--account FILE is missing: account_sid, auth_token, numbers with two entries of e164"
        )
    data = _account(given.account)
    caller, called = (number["e164"] for number in data["numbers"][:2])
    api = OverHttps(given.api, data["account_sid"], data["auth_token"])
    desk, different = Desk(time.time), 0
    with (
        serving(desk, given.port) as port,
        api.answering_at(called, given.public_url or f"http://localhost:{port}") as base,
    ):
        for probe in probes:
            finding = run(probe, desk, api, base, caller, called)
            different += not finding.agrees
            print(
                f"{finding.id:26} {'as assumed' if finding.agrees else 'DIFFERENT'}: {finding.found}",
                flush=True,
            )
            if not finding.agrees:
                print(f"{'':26} the simulator assumes: {finding.expected}", flush=True)
    return 1 if different else 0


class OverHttps:
    """The REST API over the network, in real time."""

    def __init__(self, api: str, sid: str, token: str) -> None:
        self._base = f"{api.rstrip('/')}/2010-04-01/Accounts/{sid}/"
        self._headers = urllib3.make_headers(basic_auth=f"{sid}:{token}")

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def rest(self, method: str, path: str, params: Form) -> Reply:
        fields, headers = urlencode(params), dict(self._headers)
        url, body = self._base + path, None
        if method == "POST":
            body, headers["Content-Type"] = fields.encode(), "application/x-www-form-urlencoded"
        else:
            url += f"?{fields}"
        try:
            reply = urllib3.request(method, url, body=body, headers=headers, timeout=30.0)
        except urllib3.exceptions.HTTPError as error:
            raise CannotCall(f"{self._base}{path}: {error}") from None
        return Reply(reply.status, json.loads(reply.data) if reply.data else {})

    @contextmanager
    def answering_at(self, number: str, url: str) -> Iterator[str]:
        """The number asks this machine while the probes run; its own settings come back afterwards."""
        base = url.rstrip("/")
        found = self.rest("GET", "IncomingPhoneNumbers.json", {"PhoneNumber": number})
        if found.status != 200 or not found.body["incoming_phone_numbers"]:
            raise CannotCall(f"{number} is not a number of this account ({found.short})")
        before = found.body["incoming_phone_numbers"][0]
        path = f"IncomingPhoneNumbers/{before['sid']}.json"
        self.rest(
            "POST",
            path,
            {
                "VoiceUrl": base,
                "VoiceMethod": "POST",
                "VoiceFallbackUrl": base + "/fallback",
                "StatusCallback": base + "/status",
            },
        )
        try:
            yield base
        finally:
            names = {
                "VoiceUrl": "voice_url",
                "VoiceMethod": "voice_method",
                "VoiceFallbackUrl": "voice_fallback_url",
                "StatusCallback": "status_callback",
            }
            self.rest("POST", path, {name: before[key] or "" for name, key in names.items()})


@contextmanager
def serving(desk: Desk, port: int) -> Iterator[int]:
    """The documents, on this machine; yields the real port, also when 0 was asked for."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            self._answer(body)

        def do_GET(self) -> None:
            self._answer(urlsplit(self.path).query)

        def _answer(self, fields: str) -> None:
            path = urlsplit(self.path).path
            reply = desk.answer(
                "" if path == "/" else path,
                dict(parse_qsl(fields, keep_blank_values=True)),
                dict(self.headers),
            )
            self.send_response(reply.status)
            for name, value in (*reply.headers, ("Content-Length", str(len(reply.body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def _list() -> int:
    probes = {probe.id for probe in PROBES}
    for assumption in ASSUMED:
        how = f"confirm {assumption.id}" if assumption.id in probes else f"by hand: {BY_HAND[assumption.id]}"
        print(f"{assumption.id:26} {how}")
    return 0


def _account(file: Path) -> Any:
    try:
        data = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadAccountFile(f"{file}: cannot be read ({error})") from None
    missing = [key for key in ("account_sid", "auth_token") if not data.get(key)]
    if missing or len(data.get("numbers", [])) < 2:
        raise BadAccountFile(f"{file}: needs account_sid, auth_token and two numbers of that account")
    return data
