"""Recordings are played from short-lived links, bound to the person and the session that asked for them.

Whoever fetches sound is told in the audit, once for each link and before a byte is sent: players fetch it in ranges.

A link lasts five minutes (a player asks for a new one); one byte range at a time (RFC 9110, 14.2), never stored by caches.
"""

from enum import StrEnum
from hashlib import sha256
from typing import BinaryIO, assert_never

from flask import Blueprint, Response, request
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from panel.audit import Did
from panel.context import changing, rt, viewer
from panel.people import Viewer
from panel.problems import Problem, not_found
from recordings.faults import NotStored
from recordings.keys import waveform_key
from recordings.storage import open_storage
from voice.contacts import contact_of
from voice.models import Audit, Recording, Ticket
from voice.runtime import Runtime

media = Blueprint("media", __name__)

LINK_SECONDS = 300.0
KINDS = {"wav": "audio/wav", "mp3": "audio/mpeg", "json": "application/json"}


class What(StrEnum):
    """What of a recording a link gives."""

    SOUND = "sound"
    OUTLINE = "outline"  # its waveform as JSON (recordings/waveform.py)
    ORIGINAL = "original"  # the carrier's bytes as they came, whose hash is kept


def link(
    runtime: Runtime, person: Viewer, merchant_id: str, recording_id: str, what: What = What.SOUND
) -> str:
    """The address at which this person's browser may fetch a recording for the next minutes."""
    until = round(runtime.now() + LINK_SECONDS, 3)
    return "/media/" + _signer(runtime).dumps([merchant_id, recording_id, what, person.session, until])


@media.get("/media/<signed>")
def play(signed: str) -> Response:
    """The sound or its outline, whole or one range of it."""
    merchant_id, recording_id, what = _opened(signed)
    with rt().store.read() as tx:
        found = tx.scalar(
            select(Recording).where(
                Recording.merchant_id == merchant_id,
                Recording.merchant_id.in_(viewer().merchants),
                Recording.id == recording_id,
            )
        )
    key = _key(found, what) if found else None
    if key is None:
        raise not_found("recording")
    if found is not None and what != What.OUTLINE and request.method != "HEAD":
        _tell(found, signed)
    try:
        file = open_storage(rt().settings.storage_url).open(key)
    except NotStored:
        raise not_found("recording") from None
    return _sent(file, key)


def _tell(recording: Recording, signed: str) -> None:
    once = sha256(signed.encode()).hexdigest()
    with rt().store.read() as tx:
        if tx.scalar(select(Audit.id).where(Audit.once == once)) is not None:
            return
        ticket = select(Ticket.number).where(
            Ticket.merchant_id == recording.merchant_id,
            Ticket.call_id == contact_of(tx, recording.merchant_id, recording.call_id),
        )
        number = tx.scalar(ticket)
    about = f"#{number}" if number is not None else recording.call_id
    with changing() as hand:
        hand.tell_once(Did.RECORDING_PLAYED, recording.merchant_id, about, recording.kind, once)


def _key(recording: Recording, what: str) -> str | None:
    match What(what):
        case What.SOUND:
            return recording.playable_key or recording.original_key
        case What.ORIGINAL:
            return recording.original_key
        case What.OUTLINE:
            return waveform_key(recording.playable_key) if recording.playable_key else None
        case never:
            assert_never(never)


def _sent(file: BinaryIO, key: str) -> Response:
    size = file.seek(0, 2)
    file.seek(0)
    ending = key.rpartition(".")[2].lower()
    answer = Response(wrap_file(request.environ, file, 64 * 1024), direct_passthrough=True)
    answer.content_type = KINDS.get(ending, "application/octet-stream")
    answer.content_length = size
    answer.headers["Content-Disposition"] = (
        f'inline; filename="recording.{ending if ending in KINDS else "bin"}"'
    )
    answer.headers["Cache-Control"] = "private, no-store"
    answer.call_on_close(file.close)
    try:
        answer.make_conditional(request, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        file.close()
        raise
    return answer


def _opened(signed: str) -> tuple[str, str, str]:
    try:
        merchant_id, recording_id, what, session, until = _signer(rt()).loads(signed)
    except (BadSignature, ValueError, TypeError):
        raise not_found("recording") from None
    if session != viewer().session:
        raise not_found("recording")
    if rt().now() > until:
        raise Problem(410, "gone", "This link has ended. Load the ticket again.")
    return str(merchant_id), str(recording_id), str(what)


def _signer(runtime: Runtime) -> URLSafeSerializer:
    return URLSafeSerializer(runtime.settings.secret_text, salt="ringdesk media")
