"""Chooses versions anew and writes the locks: hashed, for every Python we run on, without anybody's addresses."""

import subprocess
import sys
from pathlib import Path

from deploy.local.packages import LOCKS

ROOT = Path(__file__).parents[2]
GROUPS = {"runtime": ["build"], "local": ["build", "local"], "dev": ["build", "local", "dev"]}


def main() -> int:
    """Write the largest lock first; the smaller ones take its versions."""
    largest = ROOT / LOCKS["dev"]
    for level in ("dev", "local", "runtime"):
        target = ROOT / LOCKS[level]
        command: list[str | Path] = [
            Path(sys.executable).with_name("uv"),
            "pip",
            "compile",
            "pyproject.toml",
            "--quiet",
            "--universal",
        ]
        command += [
            "--python-version",
            "3.11",
            "--fork-strategy",
            "fewest",
            "--generate-hashes",
            "--no-annotate",
        ]
        command += [
            "--no-header",
            "--no-emit-index-url",
            "--no-emit-find-links",
            "--upgrade",
            "--output-file",
            target,
        ]
        command += [word for group in GROUPS[level] for word in ("--group", group)]
        command += [] if target == largest else ["--constraint", largest]
        print(f"ringdesk: choosing {target.name}", flush=True)
        if code := subprocess.run(command, cwd=ROOT, check=False).returncode:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
