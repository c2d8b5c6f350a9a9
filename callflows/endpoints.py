"""Other systems that a flow may ask, each under a name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from callflows.fields import BadValue, one_of, optional, required, scalar
from callflows.kinds import MAX_PLAIN, PLAIN, duration, parse_name, table_of

NOTHING: Mapping[str, str] = MappingProxyType({})
# The host is written out, so that nothing a caller says can choose whom we ask; no user, no password, no fragment.
ADDRESS = re.compile(r"(https?)://([a-z0-9]([a-z0-9.-]{0,200}[a-z0-9])?)(:[0-9]{1,5})?(/[^\s#]*)?")
METHODS = ("get", "post", "put")


def parse_url(text: str) -> str:
    """An address with its host written out; its path and query may hold fields."""
    if len(text) > MAX_PLAIN or not ADDRESS.fullmatch(text):
        raise BadValue(
            f"'{text[:80]}' is no address to ask; write https://, a host without fields, and a path as in "
            "https://shop.example/orders/{order}",
            "unsafe-url",
        )
    return text


URL = scalar("an address", '"https://shop.example/orders/{order}"', parse_url)
SECRET_NAME = scalar("the name of a secret", "shop_key", parse_name)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """An address that the step `http` asks. Fields in its path and query are encoded.

    The operator lists the hosts that flows may ask (HTTP_HOSTS) and holds the secrets (HTTP_SECRETS); the file only
    names them.

    endpoints:
      customer:
        url: "https://shop.example/customers?number={caller}"
        bearer: shop_key
        timeout: 3s
    """

    url: str = required(URL, "the address")
    method: str | None = optional(
        one_of(METHODS, "a method"), "get, or post when there is something to send", None
    )
    send: Mapping[str, str] = optional(
        table_of(PLAIN, "values", '{order: "{order}"}'), "values that are sent as JSON", NOTHING
    )
    bearer: str | None = optional(SECRET_NAME, "the secret that proves who asks", None)
    timeout: int = optional(duration(1, 10, "4s"), "how long to wait for the answer", 4)

    @property
    def verb(self) -> str:
        """The method that is used."""
        return self.method or ("post" if self.send else "get")
