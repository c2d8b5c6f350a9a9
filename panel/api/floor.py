"""The floor of the merchants that somebody watches over."""

from flask import Blueprint, Response, jsonify

from panel.context import panel, rt, viewer
from panel.floor import Row, floor
from panel.problems import Problem

api = Blueprint("floor", __name__)


@api.get("/api/floor")
def show() -> Response:
    """Who waits, what the agents do, today's figures: the same as the stream's event `floor`."""
    return jsonify(floor_now())


def floor_now() -> Row:
    """The whole floor for this viewer; people who are agents only have none."""
    if not viewer().watches:
        raise Problem(403, "no_floor", "The floor is for supervisors and admins. Ask an admin for that role.")
    with rt().store.read() as tx:
        return floor(tx, rt(), panel().days, viewer().watches, rt().now())
