"""The media process: one event loop with the mixer's clock, the HTTP doors and the link to the kernel."""

import asyncio
import logging
import socket

from aiohttp import web

from simulator.sound.doors import Doors, application
from simulator.sound.peer import speak_telephone_only
from simulator.sound.protocol import Event, Ready, event_line, read_command
from simulator.sound.studio import Studio

log = logging.getLogger(__name__)

CHECK_SECONDS = 0.5


async def serve(doors: Doors, link: socket.socket) -> None:
    """Serve browsers until the kernel closes the link."""
    speak_telephone_only(list(doors.hosts))
    reader, writer = await asyncio.open_connection(sock=link, limit=1 << 20)
    studio = Studio(lambda event: _tell(writer, event))
    runner = web.AppRunner(application(doors, studio.switchboard, studio.gate), access_log=None)
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


async def _obey(reader: asyncio.StreamReader, studio: Studio) -> None:
    while line := await reader.readline():
        try:
            await studio.obey(read_command(line))
        except ValueError as error:
            log.error("the kernel sent no command: %s", error)
        except Exception:
            log.exception("a command failed: %.200r", line)  # one leg's trouble must not end all calls


async def _check(studio: Studio) -> None:
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        studio.switchboard.check(loop.time())


def _tell(writer: asyncio.StreamWriter, event: Event) -> None:
    if not writer.is_closing():
        writer.write(event_line(event))
