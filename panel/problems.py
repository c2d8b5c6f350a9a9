"""What a page or a script is told when its wish cannot be met: turned into JSON or a page once, here."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from panel.login import WaitFirst, WrongLogin
from panel.staff import Faulty
from voice.refusals import Refused
from voice.store import StoreAway

STATUS = {"not_found": 404, "gone": 410, "taken": 409, "not_now": 409, "not_dialled": 422}
RETRY_SECONDS = 2


class Problem(Exception):
    """A wish that we ourselves turn down: HTTP status, a word for scripts, a sentence for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def not_found(what: str) -> Problem:
    """Somebody else's or nobody's: the two are not told apart."""
    return Problem(404, "not_found", f"There is no such {what}.")


@contextmanager
def plainly() -> Iterator[None]:
    """What the trade calls faulty, as an answer; its way out by the shell is left out."""
    try:
        yield
    except Faulty as fault:
        text = str(fault).partition(";")[0]
        raise Problem(400, "faulty", f"{text[:1].upper()}{text[1:]}.") from None


def answer(status: int, code: str, message: str, retry_after: int | None = None) -> Response:
    """The same words as JSON under /api/ and as a page elsewhere."""
    if wants_json():
        said = jsonify(error=code, message=message)
    else:
        said = Response(render_template("problem.html", status=status, message=message), mimetype="text/html")
    said.status_code = status
    if retry_after is not None:
        said.headers["Retry-After"] = str(retry_after)
    return said


def wants_json() -> bool:
    """Scripts and the desk's modules talk to /api/; people look at pages."""
    return request.path.startswith(("/api/", "/media/"))


def of_refusal(refused: Refused) -> Response:
    """The trade says no: gone, taken, not now."""
    return answer(STATUS[refused.code], refused.code, refused.message)


def of_problem(problem: Problem) -> Response:
    """We say no."""
    return answer(problem.status, problem.code, problem.message)


def of_wrong_login(wrong: WrongLogin) -> Response:
    """One answer for every reason."""
    return answer(401, "wrong_login", wrong.message)


def of_wait(wait: WaitFirst) -> Response:
    """Slow down."""
    return answer(429, "wait", wait.message, retry_after=wait.seconds)


def of_store_away(_away: StoreAway) -> Response:
    """The database does not answer; calls go on, and the page tries again."""
    return answer(
        503, "store_away", "The database does not answer. Calls go on; try again in a moment.", RETRY_SECONDS
    )


def of_http(error: HTTPException) -> Response:
    """What Flask itself turns down: no such page, wrong method, body too large."""
    status = error.code or 500
    said = {404: "There is no such page.", 405: "This address does not take that method."}
    return answer(status, "http", said.get(status, error.description or error.name))
