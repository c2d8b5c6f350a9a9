"""A small S3 for tests: one bucket in memory, whole and partial reads, uploads in parts; it knows one pair of keys."""

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs, unquote, urlsplit

KEY_ID, SECRET = "AKIDEXAMPLE", "a secret of the test"
BUCKET = "sounds"


class S3:
    """Serves on a port of its own; `files` is what the bucket holds, `fail_with` makes it answer so."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.asked: list[str] = []
        self.fail_with: int | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> "S3":
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=10)

    @property
    def url(self) -> str:
        """STORAGE_URL for it."""
        return f"s3://{BUCKET}/calls?endpoint=http://127.0.0.1:{self._server.server_port}"


def _handler(s3: S3) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One request of one client."""

        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

        def handle_one_request(self) -> None:
            """A client that hangs up is no error."""
            try:
                super().handle_one_request()
            except ConnectionError:
                self.close_connection = True

        def _begin(self) -> tuple[str, dict[str, list[str]], bytes] | None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            s3.asked.append(f"{self.command} {parts.path}")
            bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
            if s3.fail_with:
                self._answer(s3.fail_with, b"<Error><Code>Trouble</Code></Error>")
                return None
            if f"Credential={KEY_ID}/" not in self.headers.get("Authorization", ""):
                self._answer(403, b"<Error><Code>InvalidAccessKeyId</Code></Error>")
                return None
            if bucket != BUCKET:
                self._answer(404, b"<Error><Code>NoSuchBucket</Code></Error>")
                return None
            return key, parse_qs(parts.query, keep_blank_values=True), body

        def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
            self.send_response(status)
            length = headers.pop("length", str(len(body)))
            for name, value in {"Content-Length": length, **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def do_PUT(self) -> None:
            """Keep a file, or a part of one."""
            if (told := self._begin()) is None:
                return
            key, query, body = told
            if "uploadId" in query:
                s3.parts[query["uploadId"][0]][int(query["partNumber"][0])] = body
            else:
                s3.files[key] = body
            self._answer(200, ETag='"e"')

        def do_POST(self) -> None:
            """Begin or end an upload in parts."""
            if (told := self._begin()) is None:
                return
            key, query, _body = told
            if "uploads" in query:
                upload = f"up{len(s3.parts)}"
                s3.parts[upload] = {}
                made = f"<InitiateMultipartUploadResult><Bucket>{BUCKET}</Bucket><Key>{key}</Key><UploadId>{upload}</UploadId>"
                self._answer(200, f"{made}</InitiateMultipartUploadResult>".encode())
                return
            pieces = s3.parts.pop(query["uploadId"][0])
            s3.files[key] = b"".join(pieces[number] for number in sorted(pieces))
            done = f"<Bucket>{BUCKET}</Bucket><Key>{key}</Key><ETag>e</ETag>"
            self._answer(
                200, f"<CompleteMultipartUploadResult>{done}</CompleteMultipartUploadResult>".encode()
            )

        def do_GET(self) -> None:
            """A file, or a range of it."""
            if (told := self._begin()) is None:
                return
            file = s3.files.get(told[0])
            if file is None:
                self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
                return
            about = {"ETag": '"e"', "Last_Modified": "Sun, 22 Nov 2026 00:00:00 GMT"}
            asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
            if asked is None or self.command == "HEAD":
                self._answer(200, file, length=str(len(file)), **about)
                return
            start, end = int(asked[1]), min(int(asked[2]) + 1, len(file))
            self._answer(206, file[start:end], Content_Range=f"bytes {start}-{end - 1}/{len(file)}", **about)

        do_HEAD = do_GET

        def do_DELETE(self) -> None:
            """Forget a file, or a begun upload."""
            if (told := self._begin()) is None:
                return
            key, query, _body = told
            if "uploadId" in query:
                s3.parts.pop(query["uploadId"][0], None)
            else:
                s3.files.pop(key, None)
            self._answer(204)

    return Handler
