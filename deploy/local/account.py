"""The made-up Twilio account of a trial, and the secrets of this installation; kept in var between starts."""

import json
import secrets
from pathlib import Path
from typing import Any

import yaml

from deploy.local.place import Place

DEMO_SID = "AC" + "0" * 32


def write_account(place: Place, flows: Path) -> Path:
    """Write var/twilio.json: the secrets of the first start, today's numbers and addresses."""
    file = place.var / "twilio.json"
    base = place.address(place.web_port)
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else _new_account()
    answers = {"voice_url": f"{base}/voice/incoming", "status_callback": f"{base}/voice/status"}
    agents = {"voice_url": f"{base}/voice/agent", "status_callback": f"{base}/voice/status"}
    numbers = [{"e164": number, **answers} for number in numbers_of(flows)]
    _write_privately(file, {**kept, "numbers": numbers, "app": agents})
    return file


def _new_account() -> dict[str, Any]:
    return {
        "account_sid": DEMO_SID,
        "auth_token": secrets.token_hex(16),
        "api_key_sid": f"SK{secrets.token_hex(16)}",
        "api_key_secret": secrets.token_urlsafe(24),
        "app_sid": f"AP{secrets.token_hex(16)}",
    }


def numbers_of(flows: Path, files: str = "*.yaml") -> list[str]:
    """The numbers that the flow files answer; a file that cannot be read is reported by `ringdesk`, not here."""
    numbers: list[str] = []
    for file in sorted(flows.glob(files)):
        try:
            flow = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  text only
        except (yaml.YAMLError, ValueError):
            continue
        listed = flow.get("numbers", []) if isinstance(flow, dict) else []
        numbers += [number for number in listed if isinstance(number, str)]
    return list(dict.fromkeys(numbers))


def write_secrets(place: Place) -> dict[str, str]:
    """SECRET_KEY of this installation, made at the first start."""
    file = place.var / "secrets.json"
    if not file.exists():
        _write_privately(file, {"SECRET_KEY": secrets.token_hex(32)})
    kept: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return kept


def _write_privately(file: Path, content: object) -> None:
    """Whole or not at all, and readable by its owner alone."""
    draft = file.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    draft.replace(file)
