"""The HTTP side of the media process: the SDK's web socket, the customers' phone page, all else to the kernel."""

import contextlib
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
from aiohttp import web

from simulator.sound.chimes import chime
from simulator.sound.phone import Phone
from simulator.sound.switchboard import Switchboard
from simulator.sound.tokens import Gate

WEB: Final = Path(__file__).with_name("web")
SDK: Final = "@twilio/voice-sdk/dist/twilio.min.js"
E164: Final = re.compile(r"^\+[1-9][0-9]{6,14}$")
HOP_BY_HOP: Final = frozenset(
    [
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailers",
        "transfer-encoding",
        "upgrade",
        "content-length",
        "content-encoding",
    ]
)
LARGEST_BODY: Final = 20 * 1024 * 1024
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self' blob:; "
    "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Doors:
    """Where the media process listens, which addresses it offers browsers for sound, and who answers the rest.

    `upstream` is the kernel's own HTTP address; with it this process is the front of the whole simulator.
    """

    bind: str
    port: int
    hosts: tuple[str, ...]
    assets: Path
    upstream: str = ""


def application(doors: Doors, switchboard: Switchboard, gate: Gate) -> web.Application:
    """All routes."""
    app = web.Application(client_max_size=LARGEST_BODY)

    async def signal(request: web.Request) -> web.WebSocketResponse:
        web_socket = web.WebSocketResponse()
        with contextlib.suppress(ConnectionResetError):  # a page that was closed in the same moment
            await web_socket.prepare(request)
            await switchboard.serve(Phone(web_socket))
        return web_socket

    async def offers_sound(request: web.Request) -> web.Response:
        return web.json_response({"sound": "yes"}, headers={"Access-Control-Allow-Origin": "*"})

    async def sdk(request: web.Request) -> web.FileResponse:
        path = doors.assets / SDK
        if not path.is_file():
            raise web.HTTPNotFound(
                text="twilio.min.js is missing: run `npm ci`, or name its folder by --assets"
            )
        return web.FileResponse(path)

    async def phone_page(request: web.Request) -> web.FileResponse:
        return web.FileResponse(WEB / "phone.html", headers={"Content-Security-Policy": POLICY})

    async def phone_token(request: web.Request) -> web.Response:
        number = request.query.get("number", "")
        if not E164.match(number):
            raise web.HTTPBadRequest(text=f"{number!r} is no phone number; write it like +15550107788")
        return web.json_response({"token": gate.phone_token(number, time.time())})

    async def phone_sound(request: web.Request) -> web.Response:
        try:
            sound = chime(request.match_info["name"])
        except LookupError as error:
            raise web.HTTPNotFound(text=str(error)) from error
        return web.Response(body=sound, content_type="audio/wav", headers={"Cache-Control": "max-age=3600"})

    app.router.add_get("/signal", signal)
    app.router.add_get("/signal/sound", offers_sound)
    app.router.add_get("/phone", phone_page)
    app.router.add_get("/phone/token", phone_token)
    app.router.add_get("/phone/twilio.min.js", sdk)
    app.router.add_get("/phone/sounds/{name}.wav", phone_sound)
    app.router.add_static("/phone/", WEB)
    if doors.upstream:
        _add_upstream(app, doors.upstream)
    return app


def _add_upstream(app: web.Application, upstream: str) -> None:
    """Everything that is not sound goes to the kernel and back, as it is."""
    sessions: list[aiohttp.ClientSession] = []

    async def forward(request: web.Request) -> web.Response:
        if not sessions:
            sessions.append(aiohttp.ClientSession(auto_decompress=False))
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP}
        headers["X-Forwarded-For"] = request.remote or ""
        try:
            async with sessions[0].request(
                request.method,
                upstream + request.raw_path,
                headers=headers,
                data=await request.read(),
                allow_redirects=False,
            ) as reply:
                kept = [
                    (name, value) for name, value in reply.headers.items() if name.lower() not in HOP_BY_HOP
                ]
                return web.Response(status=reply.status, headers=kept, body=await reply.read())
        except aiohttp.ClientError as error:
            raise web.HTTPBadGateway(text=f"the simulator's kernel does not answer: {error}") from error

    async def close(app: web.Application) -> None:
        for session in sessions:
            await session.close()

    app.router.add_route("*", "/{path:.*}", forward)
    app.on_cleanup.append(close)
