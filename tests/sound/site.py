"""The site whose page is under test: another origin than the signalling, as the desk is."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
FILES: Final = {
    "/page.html": ROOT / "tests/sound/page.html",
    "/plain_ws.js": ROOT / "simulator/sound/web/plain_ws.js",
    "/twilio.min.js": ROOT / "node_modules/@twilio/voice-sdk/dist/twilio.min.js",
}


class _Handler(SimpleHTTPRequestHandler):
    def translate_path(self, path: str) -> str:
        return str(FILES.get(path.partition("?")[0], ROOT / "nothing"))

    def log_message(self, format: str, *args: object) -> None:
        pass


class Site:
    """Serves the page, the shim and the SDK, each unmodified; a page really served has a loopback address space,
    without which Chromium refuses it a socket to localhost."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def origin(self) -> str:
        return f"http://localhost:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
