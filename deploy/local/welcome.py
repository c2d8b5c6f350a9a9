"""What a trial says once it is up: where to look, how to sign in, how to ring."""

import getpass
import os
import socket

from deploy.local.account import numbers_of
from deploy.local.place import Place
from deploy.local.trial import Trial


def welcome(trial: Trial, seconds: float) -> str:
    """The text, ready to print."""
    place = trial.place
    parts = [f"ringdesk is up ({seconds:.0f} s)", addresses(trial)]
    if trial.seeded.strip():
        parts.append(trial.seeded.strip("\n"))
    if not place.is_local_only or "SSH_CONNECTION" in os.environ:
        parts.append(elsewhere(place))
    parts.append("Ctrl-C stops everything.")
    return "\n" + "\n\n".join(parts) + "\n"


def addresses(trial: Trial) -> str:
    """The desk, the customer's phone in the stand-in Twilio, and a command that rings a merchant."""
    place = trial.place
    lines = [
        f"  desk, tickets          {trial.env['PUBLIC_BASE_URL']}",
        f"  a phone to ring with   {trial.env['TWILIO_API_URL']}/phone",
    ]
    numbers = numbers_of(trial.flows)
    if numbers:
        call = f".venv/bin/python -m simulator call --from +15550123456 --to {numbers[0]} --press 1@3s --hangup 40s"
        other_port = "" if place.simulator_port == 8002 else f" --server {trial.env['TWILIO_API_URL']}"
        lines.append(f"  or without ears        {call}{other_port}")
    return "\n".join(lines)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "you"  # a container's user may have no name


def elsewhere(place: Place) -> str:
    """For a browser on another machine."""
    ports = (place.web_port, place.push_port, place.simulator_port)
    forwards = " ".join(f"-L {port}:localhost:{port}" for port in ports)
    back = "" if place.name == "localhost" else " (start here without HOST for that)"
    return (
        "From another machine: browsers give a microphone only on https or localhost, so tunnel to here and open\n"
        f"http://localhost:{place.web_port} there{back}:\n"
        f"  ssh -N {forwards} {_user()}@{socket.gethostname()}"
    )
