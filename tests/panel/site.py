"""The panel served for a real browser: web and push on ports of their own, by the clock on the wall."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Flask

from panel.push_server import PushServer, listen
from panel.web import register
from tests.build import make_rt
from tests.serving import serve
from voice import web as voice_web
from voice.runtime import Runtime, SharedClock


@dataclass
class Site:
    """What a test needs to know of it."""

    rt: Runtime
    push: PushServer
    address: str


@contextmanager
def site(tmp_path: Path) -> Iterator[Site]:
    """Serve until the test is over."""
    app = Flask("site", static_folder=None)
    server = serve(app)
    listener = listen("127.0.0.1", 0)
    rt = make_rt(tmp_path, SharedClock())
    address = f"http://localhost:{server.server_port}"
    settings = rt.settings.model_copy(
        update={"public_base_url": address, "push_url": f"http://localhost:{listener.getsockname()[1]}"}
    )
    rt = replace(rt, settings=settings)
    voice_web.register(app, rt)
    register(app, rt)
    push = PushServer(rt, listener)
    rt = replace(rt, nudge=lambda _topic: push.nudge())
    app.extensions["panel"] = replace(app.extensions["panel"], rt=rt)
    threads = [threading.Thread(target=run, daemon=True) for run in (server.serve_forever, push.run)]
    for thread in threads:
        thread.start()
    yield Site(rt, push, address)
    push.stop()
    server.shutdown()
    for thread in threads:
        thread.join(timeout=10)
    server.server_close()
    rt.store.close()
