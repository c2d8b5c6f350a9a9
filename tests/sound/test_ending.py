"""The program is ended in the middle of calls."""

import json
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import cast

from tests.sound.kernel import ACCOUNT_SID, APP_SID, KEY_SECRET, KEY_SID
from tests.sound.shop import Shop
from tests.sound.site import ROOT

NUMBER = "+15550100100"


def ask(url: str, order: object = None) -> dict[str, list[dict[str, object]]]:
    data = None if order is None else json.dumps(order).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as reply:
        return dict(json.load(reply))


def test_ended_in_mid_call_it_says_goodbye_and_complains_of_nothing(tmp_path: Path) -> None:
    shop = Shop({})
    file = tmp_path / "account.json"
    file.write_text(
        json.dumps(
            {
                "account_sid": ACCOUNT_SID,
                "auth_token": "f" * 32,
                "api_key_sid": KEY_SID,
                "api_key_secret": KEY_SECRET,
                "app_sid": APP_SID,
                "numbers": [{"e164": NUMBER, "voice_url": f"{shop.url}/pressed"}],
            }
        )
    )
    command = [sys.executable, "-m", "simulator", "serve", "--sound", "--port", "0", "--account", str(file)]
    with subprocess.Popen(
        [*command, "--state", str(tmp_path / "state")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        url = program.stdout.readline().split()[3]
        for number in ("+15550109991", "+15550109992"):
            ask(f"{url}/sim/calls", {"from": number, "to": NUMBER})
        for _ in range(100):
            rooms = ask(f"{url}/sim/state")["conferences"]
            if rooms and len(cast("list[str]", rooms[0]["calls"])) == 2:
                break
            time.sleep(0.1)

        program.send_signal(signal.SIGTERM)
        said, complained = program.communicate(timeout=30)

    shop.close()
    assert "has stopped" in said
    assert program.returncode == 0
    for word in ("Traceback", "Exception ignored", "closed file", "an event failed"):
        assert word not in complained, complained
    kept = (tmp_path / "state" / "ledger.jsonl").read_text().splitlines()
    assert json.loads(kept[-1])["n"] == len(kept)
