"""The machine: room on its disks, the zones of merchants' hours, and the certificate under which Twilio reaches it."""

import shutil
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from voice.books import Page
from voice.doctor.findings import Check, Ill
from voice.settings import Settings

LEAST_FREE_BYTES = 1 << 30  # a gigabyte: four hours of calls of two channels, or a day of a small shop
LEAST_FREE_SHARE = 0.05
CERTIFICATE_SECONDS = 14 * 86_400.0  # most authorities renew at 30 days: less than 14 means that nobody does
SECONDS = 5.0

Free = Callable[[Path], tuple[int, int]]  # all and free bytes where a path lies


def checks(
    settings: Settings, page: Page, free: Free | None = None, trust: ssl.SSLContext | None = None
) -> list[Check]:
    """The checks of this group; `free` and `trust` are the machine's own unless a test knows better."""
    found: list[Check] = [
        (f"disk of {name}", partial(_disk, place, free or _free)) for name, place in _places(settings)
    ]
    found.append(("time zones", lambda: _zones(shop.timezone for shop in page.shops.values())))
    if settings.public_base_url.startswith("https:"):
        found.append(("certificate", lambda: _certificate(settings.public_base_url, trust, time.time())))
    return found


def _places(settings: Settings) -> Iterable[tuple[str, Path]]:
    """What this machine keeps itself; a database or a bucket elsewhere has a watch of its own."""
    kind, _, place = settings.storage_url.partition(":")
    if kind == "file":
        yield "recordings", Path(place)
    if settings.database_url.startswith("sqlite:///"):
        yield "database", Path(settings.database_url.removeprefix("sqlite:///"))


def _free(place: Path) -> tuple[int, int]:
    there = next(one for one in (place.absolute(), *place.absolute().parents) if one.exists())
    usage = shutil.disk_usage(there)
    return usage.total, usage.free


def _disk(place: Path, free: Free) -> str:
    total, left = free(place)
    told = f"{left / 1e9:.1f} of {total / 1e9:.1f} GB free at {place}"
    if left < LEAST_FREE_BYTES or left < LEAST_FREE_SHARE * total:
        raise Ill(
            told, "make room there, or move it: STORAGE_URL, DATABASE_URL; a full disk stops recordings first"
        )
    return told


def _zones(wanted: Iterable[str]) -> str:
    missing = []
    for zone in sorted(set(wanted)):
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            missing.append(zone)
    if missing:
        raise Ill(
            f"no data for {', '.join(missing)}; opening hours of these merchants cannot be told",
            "install the newest tzdata (pip install --upgrade tzdata), or mend `timezone:` in the flow file",
        )
    return "known for every merchant"


def _certificate(url: str, trust: ssl.SSLContext | None, now: float) -> str:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    try:
        with (
            socket.create_connection((host, port), SECONDS) as plain,
            (trust or ssl.create_default_context()).wrap_socket(plain, server_hostname=host) as wrapped,
        ):
            shown = wrapped.getpeercert() or {}
    except ssl.SSLError as refused:
        reason = getattr(refused, "verify_message", "") or refused.reason or str(refused)
        raise Ill(
            f"{host}:{port} is not trusted: {reason}",
            "serve the whole chain (fullchain.pem, not cert.pem) of a certificate for this name, and renew it",
        ) from None
    except OSError as away:
        raise Ill(
            f"{host}:{port} is not reached ({type(away).__name__})", "start the proxy before ringdesk web"
        ) from None
    left = ssl.cert_time_to_seconds(str(shown["notAfter"])) - now
    if left < CERTIFICATE_SECONDS:
        raise Ill(
            f"ends in {left / 86_400:.0f} days; then every call goes to the fallback",
            "renew it, and see why nobody did: certbot renew --dry-run",
        )
    return f"trusted, for {left / 86_400:.0f} more days"
