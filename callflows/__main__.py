"""`python -m callflows check FILE...`: the flow words without the rest of the product."""

import argparse
import sys

from callflows.commands import add_words


def main() -> int:
    """Run one word; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m callflows", description="Check the call flows of merchants."
    )
    add_words(parser.add_subparsers(metavar="WORD", required=True))
    chosen = parser.parse_args()
    code: int = chosen.run(chosen)
    return code


if __name__ == "__main__":
    sys.exit(main())
