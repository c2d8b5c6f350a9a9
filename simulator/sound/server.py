"""The doors of the media process: the SDK's web socket, the phone page, and the link to the kernel."""

import asyncio
import logging
import socket
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from simulator.sound.peer import speak_telephone_only
from simulator.sound.phone import Phone
from simulator.sound.protocol import Event, Ready, event_line, read_command
from simulator.sound.studio import Studio

log = logging.getLogger(__name__)

CHECK_SECONDS = 0.5
WEB = Path(__file__).with_name("web")


@dataclass(frozen=True)
class Doors:
    """Where the media process listens, and which addresses it offers browsers for sound."""

    bind: str
    port: int
    hosts: tuple[str, ...]
    assets: Path


async def serve(doors: Doors, link: socket.socket) -> None:
    """Serve browsers until the kernel closes the link."""
    speak_telephone_only(list(doors.hosts))
    reader, writer = await asyncio.open_connection(sock=link, limit=1 << 20)
    studio = Studio(lambda event: _tell(writer, event))
    runner = web.AppRunner(_app(studio, doors), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, doors.bind, doors.port)
    await site.start()
    beats = [asyncio.create_task(studio.mixer.run()), asyncio.create_task(_check(studio))]
    port = runner.addresses[0][1]
    _tell(writer, Ready(port))
    try:
        await _obey(reader, studio)
    finally:
        for beat in beats:
            beat.cancel()
        await studio.close()
        await runner.cleanup()
        writer.close()


def _app(studio: Studio, doors: Doors) -> web.Application:
    app = web.Application()

    async def signal(request: web.Request) -> web.WebSocketResponse:
        web_socket = web.WebSocketResponse()
        await web_socket.prepare(request)
        await studio.switchboard.serve(Phone(web_socket))
        return web_socket

    async def sdk(request: web.Request) -> web.FileResponse:
        path = doors.assets / "@twilio/voice-sdk/dist/twilio.min.js"
        if not path.is_file():
            raise web.HTTPNotFound(text="twilio.min.js is missing: run npm ci, or name --assets")
        return web.FileResponse(path)

    app.router.add_get("/signal", signal)
    app.router.add_get("/phone/twilio.min.js", sdk)
    app.router.add_static("/phone/", WEB)
    return app


async def _obey(reader: asyncio.StreamReader, studio: Studio) -> None:
    while line := await reader.readline():
        try:
            await studio.obey(read_command(line))
        except ValueError as error:
            log.error("the kernel sent no command: %s", error)


async def _check(studio: Studio) -> None:
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        studio.switchboard.check(loop.time())


def _tell(writer: asyncio.StreamWriter, event: Event) -> None:
    if not writer.is_closing():
        writer.write(event_line(event))
