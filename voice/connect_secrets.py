"""The secrets of a Twilio account, from a file or typed without an echo: never from flags, which everybody can see."""

import getpass
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


class NotGiven(ValueError):
    """A secret is missing or has not the shape of one; says which and where to find it."""


@dataclass(frozen=True)
class Given:
    """What an operator gave of an account."""

    account_sid: str
    api_key_sid: str
    auth_token: str = field(repr=False)
    api_key_secret: str = field(repr=False)
    region: str = ""
    edge: str = ""


# name, what its value looks like, and where Twilio's console shows it
WANTED = (
    ("account_sid", r"AC[0-9a-f]{32}", "Account SID (AC...), on the console's first page"),
    ("auth_token", r"[0-9A-Za-z]{32}", "Auth Token, beside the Account SID"),
    ("api_key_sid", r"SK[0-9a-f]{32}", "API key SID (SK...), under Account > API keys & tokens"),
    ("api_key_secret", r"[0-9A-Za-z]{32}", "API key secret, shown once when the key is made"),
)


def from_file(path: Path) -> Given:
    """The secrets of a JSON file with the names in WANTED; raises NotGiven."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NotGiven(f"{path} cannot be read as JSON: {error}") from None
    if not isinstance(told, dict):
        raise NotGiven(f"{path} holds no JSON object with {', '.join(name for name, _, _ in WANTED)}")
    return _checked({name: str(value) for name, value in told.items()}, str(path))


def by_prompt(ask: Callable[[str], str] = getpass.getpass) -> Given:
    """The secrets typed one by one; nothing is shown. Raises NotGiven."""
    return _checked({name: ask(f"{where}: ").strip() for name, _, where in WANTED}, "what was typed")


def _checked(told: dict[str, str], source: str) -> Given:
    for name, shape, where in WANTED:
        if not re.fullmatch(shape, told.get(name, "")):
            raise NotGiven(f"{source}: {name} is missing or has not its shape; it is the {where}")
    return Given(
        told["account_sid"],
        told["api_key_sid"],
        told["auth_token"],
        told["api_key_secret"],
        told.get("region", ""),
        told.get("edge", ""),
    )
