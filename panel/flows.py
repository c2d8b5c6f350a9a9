"""The pages about flows: which there are, one with its picture and versions, and the way that a call took."""

from flask import Blueprint, request

from panel.context import rt, viewer
from panel.flow_view import flow_list, one_flow, way_of
from panel.pages import page
from panel.problems import Problem, not_found
from voice.flow_log import NoSuchVersion

flows = Blueprint("flows", __name__)


@flows.get("/flows")
def show_all() -> str:
    """The flows of the merchants that one watches over."""
    if not viewer().watches:
        raise Problem(403, "no_flows", "Flows are for supervisors and admins. Ask an admin for that role.")
    with rt().store.read() as tx:
        return page("flows.html", flows=flow_list(tx, viewer()))


@flows.get("/flows/<merchant_id>")
def show(merchant_id: str) -> str:
    """One flow: ?version= shows an earlier one."""
    watched(merchant_id)
    try:
        with rt().store.read() as tx:
            found = one_flow(tx, merchant_id, request.args.get("version", ""))
            return page("flow.html", flow=found, may_change=merchant_id in viewer().administers)
    except NoSuchVersion:
        raise not_found("version") from None


@flows.get("/flows/<merchant_id>/calls/<call_id>")
def show_call(merchant_id: str, call_id: str) -> str:
    """The way of a call, drawn on the flow that it had."""
    watched(merchant_id)
    with rt().store.read() as tx:
        found = way_of(tx, rt(), merchant_id, call_id)
    if found is None:
        raise not_found("call")
    return page("flow_call.html", way=found)


def watched(merchant_id: str) -> None:
    """Only what one watches over is there at all."""
    if merchant_id not in viewer().watches:
        raise not_found("flow")
