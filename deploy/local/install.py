"""Makes .venv and node_modules from the locks; what is already right is left alone.

Runs on the machine's own Python (3.11 to 3.14) before any package is there, so it uses the standard library only.
Usage: python -m deploy.local.install local|dev
"""

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local import assets, packages
from deploy.local.stop import Stop

ROOT = Path(__file__).parents[2]


def main(arguments: list[str]) -> int:
    """Install for trying the product (local) or for working on it (dev); the exit code."""
    if arguments not in (["local"], ["dev"]):
        print("usage: python -m deploy.local.install local|dev", file=sys.stderr)
        return 2
    try:
        set_up(ROOT, arguments[0])
    except Stop as stop:
        print(f"ringdesk: {stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nringdesk: stopped; the same word goes on where this ended", file=sys.stderr)
        return 130
    return 0


def set_up(root: Path, level: str) -> None:
    """Bring the checkout to the state that its locks name."""
    insist_on_writing(root)
    with alone(root / "var" / "setup.lock"):
        python = virtual_environment(root)
        packages.install(root, python, level)
        packages.install_command(root, python)
        assets.fetch(root, python)


def insist_on_writing(root: Path) -> None:
    """Everything that a start makes lies inside the checkout."""
    kept = [root / name for name in ("var", ".venv", "node_modules") if (root / name).exists()]
    for folder in [root, *kept]:
        if not os.access(folder, os.W_OK | os.X_OK):
            raise Stop(
                f"you may not write in {folder}; make the checkout yours (sudo chown -R $USER {root}), "
                "or clone it again into your home folder"
            )


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Two starts at once install one after the other."""
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def virtual_environment(root: Path) -> Path:
    """The Python inside .venv, made when it is missing, broken or no longer fit."""
    python = root / ".venv" / "bin" / "python"
    if _works(python):
        return python
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Stop(
            f"this Python {version} comes without venv; on Debian or Ubuntu: apt install python{version}-venv "
            "(as root), or name another: make run PYTHON=/path/to/python3"
        )
    print("ringdesk: making .venv", flush=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(root / ".venv")],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        shutil.rmtree(root / ".venv", ignore_errors=True)
        raise Stop(f"{sys.executable} could not make .venv: {_last_line(made.stdout + made.stderr)}")
    return python


def _works(python: Path) -> bool:
    """A fit Python with pip stands there; an interrupted start may have left half of one."""
    question = "import sys, pip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))"
    if not python.exists():
        return False
    return subprocess.run([python, "-c", question], capture_output=True, check=False).returncode == 0


def _last_line(output: str) -> str:
    return next((line.strip() for line in reversed(output.splitlines()) if line.strip()), "no reason given")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
