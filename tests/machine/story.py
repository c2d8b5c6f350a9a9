"""What happens in the lives of a seed, in words: for two looks at the same lives.

    python -m tests.machine.story LIVES STEPS SEED [MODULE ...]

Modules that are named are loaded first, as other tests would have done.
"""

import sys
import tempfile
from importlib import import_module
from pathlib import Path

from tests.machine.centre import Centre
from tests.machine.live import live
from tests.machine.premises import Premises


def story(premises: Premises, lives: int, steps: int, number: int) -> str:
    """All that the carrier of each life tells, one life after another."""
    lived: list[Centre] = []
    live(premises, lives, steps, number=number, in_each=lived.append)
    return "\n\n".join("\n".join(centre.exchange.told) for centre in lived)


def main() -> None:
    """Live, and tell."""
    lives, steps, number = (int(word) for word in sys.argv[1:4])
    for module in sys.argv[4:]:
        import_module(module)
    with tempfile.TemporaryDirectory() as folder:
        premises = Premises(Path(folder), {})
        told = story(premises, lives, steps, number)
        premises.close()
    sys.stdout.write(f"{told}\n")


if __name__ == "__main__":
    main()
