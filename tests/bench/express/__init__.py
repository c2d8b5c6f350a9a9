"""The Express application of the webhook benchmark, installed on first use into var/."""

import shutil
import subprocess
import sys
from pathlib import Path

from deploy.local.assets import cache, npm

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PARTS = ("package.json", "package-lock.json", "server.js")


def command(node: str | None = None) -> list[str]:
    """The words that serve it, by the Node that came as a wheel unless another is named."""
    folder = ROOT / "var" / "bench-express"
    folder.mkdir(parents=True, exist_ok=True)
    is_installed = (
        all(_same(HERE / name, folder / name) for name in PARTS[:2]) and (folder / "node_modules").exists()
    )
    for name in PARTS:
        shutil.copy(HERE / name, folder / name)
    words = npm(Path(sys.executable))
    if not is_installed:
        print("fetching Express and its libraries", file=sys.stderr, flush=True)
        quiet = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit-lockfile-registry-resolved"]
        subprocess.run([*words, *quiet, f"--prefix={folder}", *cache(ROOT)], check=True, stdout=sys.stderr)
    return [node or words[0], str(folder / "server.js")]


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.read_bytes() == other.read_bytes()
