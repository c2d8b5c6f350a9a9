"""The panel put into the Flask app: its addresses, its door, its errors, and the headers on every answer."""

from flask import Blueprint, Flask, Response
from werkzeug.exceptions import HTTPException

from panel import door, problems
from panel.api.account import api as account
from panel.api.callbacks import api as callbacks
from panel.api.calls import calls
from panel.api.desk import desk
from panel.api.dialling import api as dialling
from panel.api.floor import api as floor
from panel.api.flows import api as flows_api
from panel.api.merchants import api as merchants
from panel.api.offers import offers
from panel.api.people import api as people
from panel.api.phones import api as phones
from panel.api.session import session
from panel.api.supervision import api as supervision
from panel.api.teams import api as teams
from panel.api.tickets import api as tickets
from panel.assets import assets
from panel.context import Panel
from panel.flows import flows
from panel.headers import security_headers
from panel.login import WaitFirst, WrongLogin
from panel.media import media
from panel.office import office
from panel.pages import pages
from panel.throttle import Throttle
from panel.words import add_filters
from voice.refusals import Refused
from voice.runtime import Runtime
from voice.store import StoreAway

LONGEST_BODY = 64 * 1024


def register(app: Flask, rt: Runtime) -> None:
    """Add the panel; everything it serves is signed in, but for what panel/door.py names."""
    app.extensions["panel"] = Panel(rt, Throttle())
    add_filters(app)
    app.register_blueprint(make_blueprint())
    app.register_error_handler(404, problems.of_http)
    app.register_error_handler(405, problems.of_http)
    headers = security_headers(rt.settings)

    @app.after_request
    def _protect(answer: Response) -> Response:
        for name, value in headers.items():
            answer.headers.setdefault(name, value)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer


def make_blueprint() -> Blueprint:
    """All of the panel under one door."""
    panel = Blueprint(
        "panel", __name__, static_folder="static", static_url_path="/assets", template_folder="templates"
    )
    for part in (
        session,
        desk,
        offers,
        calls,
        dialling,
        tickets,
        floor,
        supervision,
        callbacks,
        flows_api,
        people,
        phones,
        teams,
        merchants,
        account,
        media,
        assets,
        pages,
        office,
        flows,
    ):
        panel.register_blueprint(part)
    panel.before_request(door.check)
    panel.register_error_handler(Refused, problems.of_refusal)
    panel.register_error_handler(problems.Problem, problems.of_problem)
    panel.register_error_handler(WrongLogin, problems.of_wrong_login)
    panel.register_error_handler(WaitFirst, problems.of_wait)
    panel.register_error_handler(StoreAway, problems.of_store_away)
    panel.register_error_handler(HTTPException, problems.of_http)
    return panel
