"""A real Chromium with a microphone that plays a tone."""

import contextlib
import os
import shutil
import subprocess
import sys
import wave
from pathlib import Path
from typing import Final

import numpy as np
from playwright.sync_api import sync_playwright

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
)
INSTALL_SECONDS: Final = 300.0
HOW_TO_GET_ONE: Final = (
    "No Chromium for the browser tests: name one in CHROMIUM, put one on the PATH, "
    "run `playwright install chromium`, or (Debian, as root) `apt-get install chromium`."
)


def find_chromium() -> str:
    """The path of a Chromium: CHROMIUM, the PATH, Playwright's own, else Debian's package when root."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not Path(named).is_file():
            raise FileNotFoundError(f"CHROMIUM names {named}, which is no file. {HOW_TO_GET_ONE}")
        return named
    return _on_the_path() or _playwrights_own() or _debians() or _give_up()


def tone_wav(path: Path, hertz: float, seconds: float = 10.0) -> Path:
    """A microphone's WAV: a steady tone at 48 kHz, 16 bit, mono."""
    time = np.arange(round(seconds * 48_000)) / 48_000
    samples = (12_000 * np.sin(2 * np.pi * hertz * time)).astype("<i2")
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(48_000)
        wav.writeframes(samples.tobytes())
    return path


def microphone(wav: Path) -> str:
    """The flag that makes this file the microphone."""
    return f"--use-file-for-fake-audio-capture={wav}"


def _on_the_path() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _playwrights_own() -> str | None:
    """The one that Playwright has or can fetch, if this machine has the libraries that it wants."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if not Path(path).is_file():
        print("ringdesk: no Chromium here; Playwright fetches one", file=sys.stderr)
        _run(sys.executable, "-m", "playwright", "install", "chromium")
    return path if Path(path).is_file() and _run(path, "--version") == 0 else None


def _debians() -> str | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    print("ringdesk: installing Debian's Chromium", file=sys.stderr)
    _run("apt-get", "-qq", "update")
    _run("apt-get", "-qq", "install", "--yes", "--no-install-recommends", "chromium")
    return _on_the_path()


def _run(*command: str) -> int:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        ran = subprocess.run(
            command, env=environment, check=False, capture_output=True, timeout=INSTALL_SECONDS
        )
        return ran.returncode
    return 1


def _give_up() -> str:
    raise FileNotFoundError(HOW_TO_GET_ONE)
