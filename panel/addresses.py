"""Whose browser this is, when proxies stand between it and us."""

from ipaddress import ip_address


def client_address(peer: str, forwarded: str, proxies: int) -> str:
    """The client's address; `forwarded` is X-Forwarded-For, to which each of our proxies added whom it heard from.

    Only as many entries are believed as there are proxies of ours, counted from the end: what stands before them a
    client may have written itself. A list that is too short or no address there: whoever sent it came round a proxy.
    """
    if proxies <= 0:
        return peer
    entries = [entry.strip() for entry in forwarded.split(",")]
    if len(entries) < proxies:
        return peer
    try:
        return str(ip_address(entries[-proxies].strip("[]")))
    except ValueError:
        return peer
