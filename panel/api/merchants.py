"""The merchants that somebody leads as operator: list, disable, enable. New ones are added at the machine's shell."""

from dataclasses import asdict

from flask import Blueprint, Response, jsonify

from panel import shops
from panel.context import changing, rt, viewer
from panel.problems import Problem, not_found

api = Blueprint("merchants", __name__)


@api.get("/api/merchants")
def show() -> Response:
    """The merchants that one leads, and who is on the line."""
    return jsonify(merchants=[{**asdict(shop), "now": asdict(now)} for shop, now in led()])


@api.post("/api/merchants/<merchant_id>/disable")
def disable(merchant_id: str) -> Response:
    """No new calls; calls in progress end as begun."""
    _refuse_foreign(merchant_id)
    with changing() as hand:
        shops.disable_shop(hand, merchant_id)
    return jsonify(ok=True)


@api.post("/api/merchants/<merchant_id>/enable")
def enable(merchant_id: str) -> Response:
    """Its numbers are answered again."""
    _refuse_foreign(merchant_id)
    with changing() as hand:
        shops.enable_shop(hand, merchant_id)
    return jsonify(ok=True)


def led() -> list[tuple[shops.ShopRow, shops.InProgress]]:
    """What this viewer leads."""
    _leads()
    with rt().store.read() as tx:
        return [(shop, shops.in_progress(tx, shop.id)) for shop in shops.shops(tx, viewer().leads)]


def _leads() -> None:
    if not viewer().leads:
        raise Problem(403, "no_merchants", "Merchants are looked after by operators. Ask one of yours.")


def _refuse_foreign(merchant_id: str) -> None:
    _leads()
    if merchant_id not in viewer().leads:
        raise not_found("merchant")
