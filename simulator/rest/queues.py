"""Queues and their members (twilio.com/docs/voice/api/queue-resource)."""

from __future__ import annotations

from typing import Any

from simulator.interpreter import Goto
from simulator.params import API_VERSION, rfc2822
from simulator.queues import DEFAULT_MAX_SIZE, LARGEST_MAX_SIZE, LONGEST_NAME, Member, Queue
from simulator.rest.answer import Request, RestError, not_found
from simulator.rest.paging import page


def create(request: Request) -> tuple[int, Any]:
    name = _name(request, request.one("FriendlyName") or "")
    max_size = request.whole("MaxSize", DEFAULT_MAX_SIZE, 1, LARGEST_MAX_SIZE, 22002)
    queue = request.world.queue(request.account, name)
    queue.max_size = max_size
    return 201, render(request, queue)


def index(request: Request) -> tuple[int, Any]:
    return page(request, "queues", _all(request), lambda queue: render(request, queue))


def fetch(request: Request) -> tuple[int, Any]:
    return 200, render(request, _find(request))


def update(request: Request) -> tuple[int, Any]:
    queue = _find(request)
    name = _name(request, request.one("FriendlyName") or queue.friendly_name, queue)
    queue.max_size = request.whole("MaxSize", queue.max_size, 1, LARGEST_MAX_SIZE, 22002)
    queue.friendly_name = name
    queue.updated_at = request.world.now
    return 200, render(request, queue)


def delete(request: Request) -> tuple[int, Any]:
    queue = _find(request)
    if queue.members:
        raise RestError(400, 22004, "Cannot delete a queue that is not empty")
    del request.world.queues[queue.sid]
    return 204, None


def members(request: Request) -> tuple[int, Any]:
    return page(
        request, "queue_members", _find(request).members, lambda member: render_member(request, member)
    )


def member(request: Request) -> tuple[int, Any]:
    return 200, render_member(request, _member(request))


def dequeue(request: Request) -> tuple[int, Any]:
    """Takes the member out and gives its call the new document; a second time it is not there any more."""
    url = request.need("Url", 21205, "Url parameter is required.")
    method = request.method_of("Method")
    found = _member(request)
    shown = render_member(request, found)
    request.world.exchange.redirect(found.leg, Goto(url, method))
    return 200, {**shown, "position": 0}


def render(request: Request, queue: Queue) -> dict[str, Any]:
    uri = f"/{API_VERSION}/Accounts/{queue.account.sid}/Queues/{queue.sid}"
    return {
        "date_updated": rfc2822(queue.updated_at),
        "current_size": len(queue.members),
        "friendly_name": queue.friendly_name,
        "uri": uri + ".json",
        "account_sid": queue.account.sid,
        "average_wait_time": queue.average_wait(request.world.now),
        "sid": queue.sid,
        "date_created": rfc2822(queue.created_at),
        "max_size": queue.max_size,
    }


def render_member(request: Request, member: Member) -> dict[str, Any]:
    queue = member.queue
    uri = f"/{API_VERSION}/Accounts/{queue.account.sid}/Queues/{queue.sid}/Members/{member.leg.sid}"
    return {
        "call_sid": member.leg.sid,
        "date_enqueued": rfc2822(member.enqueued_at),
        "position": member.position,
        "uri": uri + ".json",
        "wait_time": member.waited(request.world.now),
        "queue_sid": queue.sid,
    }


def _all(request: Request) -> list[Queue]:
    return [queue for queue in request.world.queues.values() if queue.account is request.account]


def _find(request: Request) -> Queue:
    queue = request.world.queues.get(request.path["queue"])
    if queue is None or queue.account is not request.account:
        raise not_found(request.url)
    return queue


def _member(request: Request) -> Member:
    found = _find(request).member(request.path["member"])
    if found is None:
        raise not_found(request.url)
    return found


def _name(request: Request, name: str, own: Queue | None = None) -> str:
    """A name that no other queue of the account has (assumed: queue-names)."""
    if not 1 <= len(name) <= LONGEST_NAME:
        raise RestError(400, 20002, f"FriendlyName must have 1 to {LONGEST_NAME} characters")
    if any(queue.friendly_name == name and queue is not own for queue in _all(request)):
        raise RestError(400, 22003, f"A queue named {name!r} exists already")
    return name
