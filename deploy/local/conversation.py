"""One whole call, as a caller and an agent live it: dialled, answered, held, resumed, ended, a ticket with its sound."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from deploy.local.account import numbers_of
from deploy.local.agent import Agent
from deploy.local.stop import Stop
from deploy.local.trial import Trial

MERCHANT = "northwind"
CALLER = "+12025550123"
KEY = "1@3s"
TALK_SECONDS = 2.0


@dataclass(frozen=True)
class Conversation:
    """Who rings whom, and where."""

    env: Mapping[str, str]
    number: str
    email: str
    password: str

    @classmethod
    def of(cls, trial: Trial) -> "Conversation":
        """The first agent of the demo merchant, and that merchant's number."""
        login = re.search(rf"agent\s+(\S+@{MERCHANT}\.example)\s+password (\S+)", trial.seeded)
        numbers = numbers_of(trial.flows, f"{MERCHANT}.yaml")
        if not login or not numbers:
            raise Stop(f"the demo merchant {MERCHANT!r} is not there; smoke needs {MERCHANT}.yaml as it came")
        return cls(trial.env, numbers[0], login[1], login[2])


def converse(told: Conversation) -> dict[str, Any]:
    """Let it happen; the sids, seconds and number that `make smoke` prints."""
    env = told.env
    with Agent(env["PUBLIC_BASE_URL"], env["PUSH_URL"], env["SIGNALLING_URL"], told.email) as agent:
        agent.signs_in(told.password)
        agent.posts("/api/shift/start")
        agent.sees("the agent available", lambda desk: desk["state"] == "available", 5)
        say("the agent is available; the caller dials")
        with caller(told) as dialled:
            offer = agent.sees("a ring", lambda desk: desk["offer"], 25)
            talk, answered = answer(agent, offer), time.monotonic() - dialled
            say(f"they talk, {answered:.1f} s after dialling")
            hold_and_end(agent, talk)
        ticket = find_ticket(agent, talk["merchant"]["id"], talk["call_id"])
        seconds = listen(agent, ticket)
    say(f"ticket {ticket['number']}: {ticket['subject']}")
    return {
        "call": talk["call_id"],
        "answered_in_s": round(answered, 2),
        "recording_s": round(seconds, 2),
        "ticket": ticket["number"],
    }


@contextmanager
def caller(told: Conversation) -> Iterator[float]:
    """The scripted caller, ringing until somebody ends the call; the moment of dialling."""
    command = [
        sys.executable,
        "-m",
        "simulator",
        "call",
        "--from",
        CALLER,
        "--to",
        told.number,
        "--press",
        KEY,
    ]
    command += ["--hangup", "50s", "--server", told.env["TWILIO_API_URL"]]
    dialled = time.monotonic()
    with subprocess.Popen(
        command, env=told.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as program:
        try:
            yield dialled
            heard, _ = program.communicate(timeout=10)
        except BaseException:
            program.kill()
            print(program.communicate()[0], file=sys.stderr)
            raise
        if program.returncode:
            raise Stop(f"the caller's call failed: {heard.strip().splitlines()[-1:]}")


def answer(agent: Agent, offer: Mapping[str, Any]) -> dict[str, Any]:
    """Show the ring, take it, connect the phone, and wait until both can talk."""
    say(f"the desk rings for {offer['caller']}")
    agent.posts(f"/api/offers/{offer['id']}/acknowledge")
    taken = agent.posts(f"/api/offers/{offer['id']}/accept")
    agent.connects(offer["id"], taken["account_sid"])
    talk = agent.sees("the talk", lambda desk: desk["talk"] if is_talking(desk) else None, 10)
    return dict(talk)


def is_talking(desk: Mapping[str, Any]) -> bool:
    """Whether agent and caller hear each other."""
    return bool(desk["talk"]) and desk["talk"]["state"] == "talking" and not desk["talk"]["held"]


def hold_and_end(agent: Agent, talk: Mapping[str, Any]) -> None:
    """Talk, hold, resume, talk, end, and finish the notes."""
    call = f"/api/calls/{talk['call_id']}"
    time.sleep(TALK_SECONDS)
    agent.posts(f"{call}/hold")
    agent.sees("the hold", lambda desk: desk["talk"] and desk["talk"]["held"], 5)
    agent.posts(f"{call}/resume")
    agent.sees("the end of the hold", is_talking, 5)
    time.sleep(TALK_SECONDS)
    agent.posts(f"{call}/end")
    agent.sees("the wrap-up", lambda desk: desk["state"] == "wrap_up", 10)
    agent.posts("/api/wrap-up/end")
    agent.sees("the agent available again", lambda desk: desk["state"] == "available", 5)
    say("held, resumed, ended, wrapped up")


def find_ticket(agent: Agent, merchant: str, call_id: str) -> dict[str, Any]:
    """The call's ticket, once it is written and its recording kept."""

    def look() -> dict[str, Any] | None:
        number = agent.reads(f"/api/calls/{merchant}/{call_id}/ticket")["number"]
        ticket = agent.reads(f"/api/tickets/{merchant}/{number}") if number else None
        return ticket if ticket and any(one["url"] for one in ticket["recordings"]) else None

    return soon("the ticket with its recording", look, 20)


def listen(agent: Agent, ticket: Mapping[str, Any]) -> float:
    """Play the recording; its length in seconds."""
    recording = next(one for one in ticket["recordings"] if one["url"])
    sound = agent.fetches(recording["url"])
    if not sound.ok or not sound.content:
        raise Stop(f"the recording does not play ({sound.status_code}): {sound.text[:200]}")
    if not recording["seconds"] or recording["seconds"] < TALK_SECONDS:
        raise Stop(
            f"the recording is {recording['seconds']} s long; they talked for more than {TALK_SECONDS} s"
        )
    if not ticket["story"]:
        raise Stop(f"ticket {ticket['number']} does not tell the call's story: {json.dumps(ticket)[:300]}")
    return float(recording["seconds"])


def soon(what: str, look: Callable[[], dict[str, Any] | None], seconds: float) -> dict[str, Any]:
    """Look again and again until it is there."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.2)
    raise Stop(f"{what} did not come within {seconds:.0f} s")


def say(sentence: str) -> None:
    """Tell whoever watches."""
    print(sentence, flush=True)
