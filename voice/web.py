"""The voice part of the web application: Twilio's doors as Flask rules, our own sounds, and the health checks."""

from collections.abc import Callable

from flask import Blueprint, Flask, Response, abort, request
from sqlalchemy import select

from voice import draining, models, music, speak
from voice.doors import DOORS, Reply, knock
from voice.runtime import Runtime
from voice.schema import Standing, look
from voice.sounds import flow_sound
from voice.store import StoreAway

SOUND_SECONDS = 24 * 3600  # how long Twilio and browsers may keep a sound


def register(app: Flask, rt: Runtime) -> None:
    """Add the voice part; every address of Twilio's goes through the guard."""
    doors = Blueprint("voice", __name__, url_prefix="/voice")
    for name, door in DOORS.items():
        rule = f"/{name}/<path:rest>" if door.takes else f"/{name}"
        doors.add_url_rule(
            rule, name, _view(rt, name), methods=["POST"], defaults={} if door.takes else {"rest": ""}
        )
    app.register_blueprint(doors)
    app.add_url_rule("/audio/<name>.wav", "audio", lambda name: _sound(rt, name))
    app.add_url_rule("/healthz", "healthz", lambda: {"ok": True})
    app.add_url_rule("/readyz", "readyz", lambda: _ready(rt))


def _view(rt: Runtime, name: str) -> Callable[[str], Response]:
    def answer(rest: str) -> Response:
        return _as_response(knock(rt, request.environ, request.get_data(), name, rest))

    return answer


def _as_response(reply: Reply) -> Response:
    return Response(reply.body, reply.status, content_type=speak.CONTENT_TYPE)


def _sound(rt: Runtime, name: str) -> Response:
    sound = _own_sound(name) or flow_sound(rt, name)
    if sound is None:
        abort(404)
    return Response(
        sound, content_type="audio/x-wav", headers={"Cache-Control": f"public, max-age={SOUND_SECONDS}"}
    )


def _own_sound(name: str) -> bytes | None:
    try:
        return music.sound(name)
    except KeyError:
        return None


def _ready(rt: Runtime) -> tuple[dict[str, object], int]:
    if draining.is_on():
        return {"ok": False, "why": "draining: this process was told to stop"}, 503
    try:
        schema = look(rt.store)
        with rt.store.read() as tx:
            beat = tx.scalar(select(models.Beat.at).where(models.Beat.name == "clock"))
    except StoreAway:
        return {"ok": False, "why": "the database does not answer"}, 503
    if schema.standing in (Standing.OLDER, Standing.NEWER, Standing.EMPTY):
        return {"ok": False, "why": "the database has another schema; see: ringdesk migrate --check"}, 503
    if beat is None or rt.now() - beat > 5.0:
        return {
            "ok": False,
            "why": "no clock finished a round within 5 seconds; is `ringdesk clock` running?",
        }, 503
    return {"ok": True}, 200
