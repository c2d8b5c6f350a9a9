"""Signing in and out, and who one is."""

from typing import Any

from flask import Blueprint, Response, jsonify

from panel import login
from panel.context import changing, cookie_name, is_https, origin_of_request, panel, rt, sent_text, viewer
from panel.people import Viewer

session = Blueprint("session", __name__)


@session.post("/api/login")
def sign_in() -> Response:
    """{email, password} -> the session's CSRF token and the user; the cookie holds the session."""
    email, password = sent_text("email", longest=254), sent_text("password", longest=1024)
    done = login.sign_in(rt(), panel().throttle, email, password, origin_of_request())
    answer = jsonify(csrf=done.viewer.csrf, user=about(done.viewer))
    answer.set_cookie(
        cookie_name(), done.token, max_age=int(login.WHOLE_SECONDS), path="/", httponly=True, samesite="Lax",
        secure=is_https(),
    )  # fmt: skip
    return answer


@session.post("/api/logout")
def sign_out() -> Response:
    """End this session."""
    with changing() as hand:
        login.sign_out(hand, viewer())
    answer = jsonify(ok=True)
    answer.delete_cookie(cookie_name(), path="/", httponly=True, samesite="Lax", secure=is_https())
    return answer


@session.get("/api/me")
def me() -> Response:
    """The signed-in user and the CSRF token for a page that was loaded again."""
    return jsonify(csrf=viewer().csrf, user=about(viewer()))


def about(person: Viewer) -> dict[str, Any]:
    """A person as the API shows them."""
    return {
        "id": person.user_id,
        "name": person.name,
        "email": person.email,
        "has_desk": person.has_desk,
        "merchants": [
            {"id": merchant, "name": person.merchant_names[merchant], "role": role}
            for merchant, role in person.roles.items()
        ],
    }
