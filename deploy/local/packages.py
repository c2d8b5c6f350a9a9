"""Installs the Python packages of a lock by pip, with a line of progress, and the command `ringdesk`."""

import re
import subprocess
from pathlib import Path

from deploy.local.progress import Progress, watch
from deploy.local.stamps import digest, is_done, mark_done
from deploy.local.stop import Stop

# A level holds everything of the levels before it, in the same versions (tests/setup/test_locks.py).
LOCKS = {"runtime": "requirements.lock", "local": "requirements-local.lock", "dev": "requirements-dev.lock"}
NAMED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
FETCHING = re.compile(r"^(?:Collecting ([A-Za-z0-9._-]+)|Requirement already satisfied: ([A-Za-z0-9._-]+))")
NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|SSLError"
    r"|Network is unreachable|Connection refused|from versions: none"
)


def install(root: Path, python: Path, level: str) -> None:
    """Bring .venv to the versions and hashes of the level's lock."""
    lock = root / LOCKS[level]
    if any(is_done(stamp(root, enough), digest(root / LOCKS[enough])) for enough in levels_from(level)):
        return
    count = len(NAMED.findall(lock.read_text(encoding="utf-8")))
    print(
        f"ringdesk: installing {count} Python packages; the first time this takes a minute or two", flush=True
    )
    command = [*pip(python), "install", "--require-hashes", "--no-deps", "--progress-bar=off", "--retries=2"]
    # Compiling everything ahead doubles the time; Python compiles what is used when it is first used.
    command += ["--no-compile", f"--requirement={lock}"]
    with Progress(count) as progress:

        def see(line: str) -> None:
            if seen := FETCHING.match(line):
                progress.step(seen[1] or seen[2])
            elif line.startswith("Installing collected"):
                progress.say("unpacking")

        code, output = watch(command, root / "var" / "setup.log", see)
    if code:
        raise Stop(why_pip_failed(output))
    mark_done(stamp(root, level), digest(lock))


def pip(python: Path) -> list[str]:
    """The words that start the pip of .venv; it asks nobody about versions of itself."""
    return [str(python), "-m", "pip", "--disable-pip-version-check"]


def levels_from(level: str) -> list[str]:
    """This level and those that hold more."""
    names = list(LOCKS)
    return names[names.index(level) :]


def stamp(root: Path, level: str) -> Path:
    """Where a finished installation of this level is remembered."""
    return root / ".venv" / f"installed-{level}"


def why_pip_failed(output: str) -> str:
    """One sentence from pip's many lines."""
    if NO_NETWORK.search(output):
        return (
            "the package index did not answer; check the network (a proxy goes into HTTPS_PROXY, a mirror into "
            "PIP_INDEX_URL) and say the same word again; pip's own words are in var/setup.log"
        )
    if "No space left on device" in output:
        return "the disk is full; about 1 GB is needed for the packages, then say the same word again"
    faults = [line for line in output.splitlines() if line.startswith("ERROR:")] or output.splitlines()[-1:]
    return f"pip could not install the lock: {' '.join(faults)[:300]}; its own words are in var/setup.log"


def install_command(root: Path, python: Path) -> None:
    """Put `ringdesk` into .venv, running the code of this checkout."""
    done = root / ".venv" / "installed-command"
    if is_done(done, digest(root / "pyproject.toml")):
        return
    command = [*pip(python), "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    command += [f"--editable={root}"]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        raise Stop(f"the command `ringdesk` could not be made: {(made.stdout + made.stderr).strip()[-300:]}")
    mark_done(done, digest(root / "pyproject.toml"))
