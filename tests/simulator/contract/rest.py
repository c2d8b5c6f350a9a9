"""The REST API through twilio-python, and an account with one of everything, for the contract tests."""

from typing import Any

from twilio.http.response import Response
from twilio.rest import Client

from simulator import Simulator
from tests.simulator.pages import NUMBER, Shop, open_shop

OTHER = "+15550100199"


class Door:
    """The one thing that is changed of twilio-python: where its requests go."""

    def __init__(self, sim: Simulator) -> None:
        self.sim = sim

    def request(self, method: str, url: str, params: Any = None, data: Any = None, headers: Any = None,
                auth: Any = None, timeout: Any = None, allow_redirects: bool = False) -> Response:  # fmt: skip
        given = {name: value for name, value in (params or data or {}).items() if value is not None}
        status, _, body = self.sim.rest(method.upper(), url, given, headers or {}, auth)
        return Response(status, body.decode())


def client_of(shop: Shop) -> Client:
    return Client(shop.account.sid, shop.account.auth_token, http_client=Door(shop.sim))


def world_with_everything() -> Shop:
    shop = open_shop(voice='<Enqueue waitUrl="">orders</Enqueue>')
    shop.pages["/voice/agent"] = (
        "<Dial record='record-from-answer'><Conference waitUrl=''>r</Conference></Dial>"
    )
    shop.sim.call(NUMBER).waits(2)
    shop.sim.client("ann").connect().waits(2)
    return shop
