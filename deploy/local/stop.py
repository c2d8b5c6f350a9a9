"""How a start ends early: one sentence for the person at the terminal, and exit code 1."""


class Stop(Exception):
    """Says what is in the way and how to get past it."""
