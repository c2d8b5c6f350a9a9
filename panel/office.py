"""The pages beside people: teams, merchants, and who did what."""

from dataclasses import dataclass

from flask import Blueprint, request

from panel.api.merchants import led
from panel.api.people import administers
from panel.api.teams import all_teams, team_page
from panel.audit import Deed, deeds
from panel.context import rt, viewer
from panel.pages import here, page
from panel.problems import Problem

office = Blueprint("office", __name__)

ROWS = 50


@dataclass(frozen=True)
class Trace:
    """A page of the log, the latest first."""

    rows: list[Deed]
    page: int
    is_last: bool
    about: str
    merchant: str


@office.get("/teams")
def teams() -> str:
    """Who takes which queues."""
    return page("teams.html", teams=all_teams())


@office.get("/teams/<merchant_id>/<name>")
def team(merchant_id: str, name: str) -> str:
    """One team."""
    return page("team.html", **team_page(merchant_id, name))


@office.get("/merchants")
def merchants() -> str:
    """The merchants that one leads."""
    return page("merchants.html", merchants=led())


@office.get("/log")
def log() -> str:
    """Who changed what, signed in, or played recordings, at the merchants that one administers."""
    administers()
    return page("log.html", trace=_trace(), here=here)


def _trace() -> Trace:
    asked, about = request.args.get("merchant", "")[:80], request.args.get("q", "").strip()[:254]
    merchants = [one for one in viewer().administers if asked in ("", one)]
    number = request.args.get("page", "1")
    if not number.isascii() or not number.isdigit() or not 1 <= int(number[:6]) <= 100_000:
        raise Problem(400, "bad_request", "page is a number from 1.")
    with rt().store.read() as tx:
        rows = deeds(tx, merchants, about=about, page=int(number), size=ROWS)
        more = deeds(tx, merchants, about=about, page=int(number) * ROWS + 1, size=1)
    return Trace(rows, int(number), not more, about, asked)
