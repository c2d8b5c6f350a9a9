"""Python's garbage collector, told what a process that answers callers is like."""

import gc

# Objects made and not yet freed before the young are looked at, and how many such looks before the next older.
YOUNG, MIDDLE, OLD = 25_000, 20, 50


def settle() -> None:
    """Once everything is loaded: never look at it again, and look at what comes later less often.

    An answer leaves nothing behind that only the collector could free, but facts for the journal stay for some
    milliseconds, so with Python's own thresholds every 700th object would cost a look: a third of a turn's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
