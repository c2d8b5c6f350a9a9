"""What a view may reach: the runtime, who is looking, and what was sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

from flask import current_app, g, request

from panel.addresses import client_address
from panel.audit import By, Hand
from panel.floor_days import Days
from panel.login import From
from panel.people import Viewer
from panel.problems import Problem
from panel.throttle import Throttle
from voice.runtime import Runtime


@dataclass(frozen=True)
class Panel:
    """Held by the Flask app under `panel`."""

    rt: Runtime
    throttle: Throttle
    days: Days = field(default_factory=Days)


def panel() -> Panel:
    """This app's panel."""
    return cast(Panel, current_app.extensions["panel"])


def rt() -> Runtime:
    """This app's runtime."""
    return panel().rt


def viewer() -> Viewer:
    """Who is looking; the door let nobody else in."""
    return cast(Viewer, g.viewer)


def agent_id() -> str:
    """The agent whose desk this is; people without one do not take calls."""
    if not viewer().has_desk:
        raise Problem(403, "no_desk", "This account does not take calls. Sign in as an agent.")
    return viewer().user_id


def cookie_name() -> str:
    """`__Host-` pins the cookie to this host and to https; plain http cannot have it."""
    return "__Host-ringdesk" if is_https() else "ringdesk"


def is_https() -> bool:
    """Whether browsers reach us by https."""
    return rt().settings.origin.startswith("https:")


def doer() -> By:
    """Who is looking, as the doer of something that is told."""
    return By(viewer().name, viewer().user_id, origin_of_request().address)


@contextmanager
def changing() -> Iterator[Hand]:
    """A transaction of the viewer's."""
    with rt().write() as tx:
        yield Hand(tx, doer(), rt().now())


def origin_of_request() -> From:
    """Where this request comes from."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    return From(
        address=client_address(request.remote_addr or "", forwarded, rt().settings.trusted_proxies),
        browser=request.headers.get("User-Agent", ""),
        old_token=request.cookies.get(cookie_name(), ""),
    )


def sent() -> dict[str, object]:
    """The JSON object in the body; no body is an empty one."""
    if not request.get_data(cache=True):
        return {}
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Problem(400, "bad_request", "Send a JSON object with Content-Type: application/json.")
    return body


def sent_text(name: str, *, longest: int, default: str | None = None) -> str:
    """One text of the body."""
    value = sent().get(name, default)
    if not isinstance(value, str) or len(value) > longest:
        raise Problem(400, "bad_request", f"Send {name!r} as a text of at most {longest} characters.")
    return value
