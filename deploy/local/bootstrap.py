"""Finds a Python from 3.11 to 3.14 and lets it install; any Python 3 can read this file.

Usage: python3 deploy/local/bootstrap.py local|dev
"""

import os
import sys

OLDEST = (3, 11)
NEWEST = (3, 14)
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def is_fit() -> bool:
    """Whether Ringdesk and all its packages run on the Python that reads this."""
    return OLDEST <= tuple(sys.version_info[:2]) <= NEWEST


def other_python() -> str:
    """The path of a fit Python elsewhere on the PATH, newest first; empty when there is none."""
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        for folder in os.environ.get("PATH", "").split(os.pathsep):
            path = os.path.join(folder, "python3.%d" % minor)
            # A version manager leaves names on the PATH that do not run.
            if os.access(path, os.X_OK) and os.system('"%s" -c "" >/dev/null 2>&1' % path) == 0:  # noqa: S605
                return path
    return ""


def main() -> None:
    """Go on as `python -m deploy.local.install`, or say what is missing."""
    python = sys.executable if is_fit() else other_python()
    if not python:
        sys.exit(
            "ringdesk: this is Python %d.%d and Ringdesk needs 3.11 to 3.14; install one (on Debian or Ubuntu: "
            "apt install python3 python3-venv), or name one: make run PYTHON=/path/to/python3.12"
            % tuple(sys.version_info[:2])
        )
    os.chdir(ROOT)
    os.execv(python, [python, "-m", "deploy.local.install"] + sys.argv[1:])  # noqa: S606, RUF005


if __name__ == "__main__":
    main()
