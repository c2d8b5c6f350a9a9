"""The simulator with sound: the media process is the front of it all, the kernel's own server stands behind."""

import contextlib
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from simulator.account import Account
from simulator.sound.bridge import Bridge, Wiring
from simulator.wire.service import Service


@dataclass(frozen=True)
class Stage:
    """What `serve --sound` was given; `assets` is where npm put its packages."""

    account: Account
    host: str
    port: int
    state: Path | None
    assets: Path
    seed: int | None = None


def serve_with_sound(stage: Stage) -> None:
    """Serve until interrupted. OSError when the port is taken, NoSound when the media process does not come up."""
    with tempfile.TemporaryDirectory(prefix="simulator-") as nowhere:
        service, bridge = set_up(stage, stage.state or Path(nowhere))
        numbers = ", ".join(number.e164 for number in stage.account.numbers.values()) or "no numbers"
        print(f"Simulated Twilio at {service.url} for account {stage.account.sid} with {numbers}", flush=True)
        print(f"A customer's phone: {service.url}/phone", flush=True)
        try:
            with contextlib.suppress(KeyboardInterrupt):
                service.run()
        finally:
            bridge.stop()
        print("Simulated Twilio has stopped.", flush=True)


def set_up(stage: Stage, folder: Path) -> tuple[Service, Bridge]:
    """The kernel's server on a port of its own, and the media process before it."""
    with socket.create_server((stage.host, stage.port)) as door:
        port = door.getsockname()[1]
    service = Service(stage.account, "127.0.0.1", 0, stage.state, seed=stage.seed)
    options = ["--bind", stage.host, "--port", str(port), "--upstream", f"http://127.0.0.1:{service.port}"]
    options += ["--assets", str(stage.assets)]
    bridge = Bridge(service.world, Wiring(service.post, folder, options))
    name = "localhost" if stage.host in ("127.0.0.1", "0.0.0.0") else stage.host  # noqa: S104
    service.url = service.world.base_url = f"http://{name}:{port}"
    bridge.start()
    return service, bridge
