"""The kernel's end of the link: starts the media process, sends it commands, gives out its events."""

import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from types import TracebackType

from simulator.sound.protocol import Command, Event, command_line, read_event

STOP_SECONDS = 5.0


class MediaProcess:
    """The media process as a child. Events come to `heed` in a thread of their own; None is its end."""

    def __init__(self, heed: Callable[[Event | None], None], options: Sequence[str] = ()) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "simulator.sound", "--link", str(theirs.fileno()), *options],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._socket = ours
        self._sending = threading.Lock()
        self._heed = heed
        self._reader = threading.Thread(target=self._read, name="media events", daemon=True)
        self._reader.start()

    def send(self, command: Command) -> None:
        """Have one thing done; ConnectionError when the media process is gone."""
        with self._sending:
            self._socket.sendall(command_line(command))

    def stop(self) -> None:
        """Close the link; the process finishes its recordings and ends."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(STOP_SECONDS)
        self._socket.close()

    def __enter__(self) -> "MediaProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _read(self) -> None:
        with self._socket.makefile("rb") as lines, contextlib.suppress(OSError):
            for line in lines:
                self._heed(read_event(line))
        self._heed(None)
