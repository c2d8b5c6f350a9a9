"""A product in a few documents: what Twilio would ask of it, it answers; what it was asked, it keeps."""

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

Form = dict[str, str]

DOCUMENTS = {
    "/incoming": """<Response>
        <Gather numDigits="1" timeout="20" action="/pressed">
          <Say>Welcome to Northwind. For orders, press one.</Say>
        </Gather></Response>""",
    "/pressed": """<Response>
        <Dial record="record-from-answer-dual" recordingStatusCallback="/recorded">
          <Conference beep="false" waitUrl="" endConferenceOnExit="true">room</Conference></Dial></Response>""",
    "/agent": """<Response><Dial><Conference beep="false" waitUrl="">room</Conference></Dial></Response>""",
    "/hold": """<Response><Play loop="0">/music.wav</Play></Response>""",
    "/voicemail": """<Response>
        <Say>Leave a message.</Say>
        <Record timeout="2" maxLength="20" finishOnKey="#" action="/thanks" recordingStatusCallback="/recorded"/>
        </Response>""",
    "/thanks": "<Response><Say>Thank you.</Say><Hangup/></Response>",
    "/callback": "<Response><Say>This is your shop calling back.</Say><Pause length='20'/></Response>",
}


class Shop:
    """Serves the documents, and any sound files, on a port of its own."""

    def __init__(self, sounds: dict[str, bytes]) -> None:
        self.asked: list[tuple[str, Form]] = []
        self._came = threading.Condition()
        shop = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                path = urlsplit(self.path).path
                shop._note(path, dict(parse_qsl(body.decode(), keep_blank_values=True)))
                if path in sounds:
                    self._answer(sounds[path], "audio/x-wav")
                else:
                    self._answer(DOCUMENTS.get(path, "<Response/>").encode(), "text/xml")

            do_GET = do_POST

            def _answer(self, body: bytes, kind: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def was_asked(
        self, path: str, fits: Callable[[Form], bool] = lambda form: True, seconds: float = 15.0
    ) -> Form:
        """The form of a request to this path that fits, awaited."""
        deadline = time.monotonic() + seconds
        with self._came:
            while True:
                for asked, form in self.asked:
                    if asked == path and fits(form):
                        return form
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"{path} was not asked within {seconds} s, only {self.asked}")
                self._came.wait(left)

    def forget(self) -> None:
        with self._came:
            self.asked.clear()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _note(self, path: str, form: Form) -> None:
        with self._came:
            self.asked.append((path, form))
            self._came.notify_all()
