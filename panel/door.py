"""Who comes in: every address of the panel wants a signed-in person, but for the few named here.

An unsafe method also wants the session's CSRF token in a header, and an Origin that is ours when a browser sends one.
"""

import hmac
from urllib.parse import quote

from flask import g, redirect, request
from werkzeug.wrappers import Response

from panel import login
from panel.context import cookie_name, rt
from panel.problems import Problem, wants_json

OPEN_TO_ALL = frozenset({"panel.static", "panel.pages.sign_in", "panel.session.sign_in"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "X-CSRF-Token"


def check() -> Response | None:
    """Runs before every view of the panel."""
    refuse_control_characters()
    if request.method not in SAFE_METHODS:
        refuse_foreign_origin()
    if request.endpoint in OPEN_TO_ALL:
        return None
    viewer = login.who(rt(), request.cookies.get(cookie_name(), ""))
    if viewer is None:
        return turn_away()
    if request.method not in SAFE_METHODS:
        given = request.headers.get(CSRF_HEADER, "")
        if not hmac.compare_digest(given.encode(), viewer.csrf.encode()):
            raise Problem(403, "csrf", f"The header {CSRF_HEADER} is missing or old. Load the page again.")
    g.viewer = viewer
    return None


def refuse_control_characters() -> None:
    """No name, number or search holds any, and PostgreSQL takes no NUL in a text."""
    texts = (request.path, *request.args.values())
    if any(mark < " " or mark == "\x7f" for text in texts for mark in text):
        raise Problem(400, "bad_request", "The address holds control characters.")


def turn_away() -> Response:
    """To the sign-in page, and back afterwards."""
    if wants_json():
        raise Problem(401, "signed_out", "Sign in first.")
    return redirect(f"/login?next={quote(request.full_path.rstrip('?'), safe='/')}")


def refuse_foreign_origin() -> None:
    """A browser says which page sent a request; only ours may change anything."""
    ours, theirs = rt().settings.origin, request.headers.get("Origin")
    if theirs is not None and theirs != ours:
        raise Problem(403, "origin", f"This request came from {theirs[:200]}. Open the desk at {ours}.")
    if theirs is None and request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Problem(403, "origin", f"This request came from another site. Open the desk at {ours}.")
