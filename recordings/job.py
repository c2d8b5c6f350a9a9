"""What a job is made of."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from voice.runtime import Runtime

Effect = Callable[[Session], None]
Handler = Callable[[Runtime, str, str], Effect]
Burial = Callable[[Session, Runtime, str, str, str], None]


@dataclass(frozen=True)
class Job:
    """A kind of job.

    `work(rt, merchant_id, subject_id)` looks at the state, does one slow step outside any transaction (it may run
    twice), and returns what is to be written: that is written once, together with `done`.
    `bury(tx, rt, merchant_id, subject_id, reason)` is written with `dead`, so that people see what is missing.
    """

    work: Handler
    bury: Burial


def nothing(_tx: Session) -> None:
    """The effect of a job that finds its work done."""
