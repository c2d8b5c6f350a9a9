"""A process that has everything imported and forks a worker for each line it is sent; it prints the worker's id.

A worker that is started from nothing spends seconds on imports, ten of them the better part of a minute.
"""

import os
import signal
import sys

import app
import recordings.worker
import voice.build

PRELOADED = (app, recordings.worker, voice.build)


def main() -> None:
    """Fork until there is nobody to ask for it."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are nobody's concern
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os._exit(app.main(["worker"]))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
