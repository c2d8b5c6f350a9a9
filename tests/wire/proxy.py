"""A reverse proxy as operators put before web: it takes a prefix off the path and hands everything else on.

with prefix_proxy("/shop", inner_port) as proxy: requests.post(f"http://127.0.0.1:{proxy.port}/shop/voice/incoming")
"""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# RFC 9110, 7.6.1: these speak of one connection only; the rest is set anew by http.client.
NOT_HANDED_ON = {"connection", "keep-alive", "transfer-encoding", "content-length", "te", "upgrade"}


class Proxy(ThreadingHTTPServer):
    """Listens on a free port of the loopback; knows where to hand on once `inner_port` is set."""

    daemon_threads = True

    def __init__(self, prefix: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.prefix, self.inner_port = prefix, 0
        self.port: int = self.server_address[1]


class _Handler(BaseHTTPRequestHandler):
    server: Proxy
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self._hand_on()

    def do_GET(self) -> None:
        self._hand_on()

    def _hand_on(self) -> None:
        if not self.path.startswith(self.server.prefix + "/"):
            self.send_error(404)
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        connection = http.client.HTTPConnection("127.0.0.1", self.server.inner_port, timeout=30)
        # As nginx does: the Host of the caller stays, whatever it says.
        connection.putrequest(
            self.command,
            self.path.removeprefix(self.server.prefix),
            skip_host=True,
            skip_accept_encoding=True,
        )
        for name, value in self.headers.items():
            if name.lower() not in NOT_HANDED_ON:
                connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        told = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in NOT_HANDED_ON | {"date", "server"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)
        connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def prefix_proxy(prefix: str) -> Iterator[Proxy]:
    """Serve until the test is over."""
    proxy = Proxy(prefix)
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    yield proxy
    proxy.shutdown()
    thread.join(timeout=10)
    proxy.server_close()
