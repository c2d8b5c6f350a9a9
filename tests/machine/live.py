"""How lives are lived: so many, of so many steps, and for the same seed always the same ones."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.internal.conjecture.providers import HypothesisProvider
from hypothesis.stateful import run_state_machine_as_test
from structlog.testing import capture_logs

from tests.machine.centre import Centre
from tests.machine.machine import Life
from tests.machine.premises import Premises

BROKEN = (
    "a document failed",
    "a deadline failed",
    "a round failed",
    "a queue cannot be decided",
    "step failed",
)
AS_FOUND = (Phase.generate,)
SHORTENED = (Phase.generate, Phase.shrink)  # takes minutes more


def live(
    premises: Premises,
    lives: int,
    steps: int,
    *,
    number: int = 0,
    kind: type[Life] = Life,
    phases: tuple[Phase, ...] = AS_FOUND,
    in_each: Callable[[Centre], None] = lambda _centre: None,
) -> None:
    """Raises what a life broke; Hypothesis notes that life as a program, to be kept in test_machine.py."""
    with capture_logs() as logged, _only_by_the_seed():

        def begins(life: Life) -> None:
            life.premises = premises
            kind.__init__(life)
            logged.clear()
            in_each(life.centre)

        def ends(life: Life) -> None:
            kind.teardown(life)
            broken = [line for line in logged if line["event"] in BROKEN]
            assert not broken, broken

        one_life = type("OneLife", (kind,), {"__init__": begins, "teardown": ends})
        run_state_machine_as_test(
            seed(number)(one_life),
            settings=settings(
                max_examples=lives,
                stateful_step_count=steps,
                deadline=None,
                database=None,
                phases=phases,
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )


@contextmanager
def _only_by_the_seed() -> Iterator[None]:
    """Hypothesis draws no constants that it has read in the source of whatever is loaded at this moment.

    It does so for a twentieth of all draws, and then the same seed lives other lives in a whole run of the tests than
    alone, and other ones again when a number is changed anywhere in the product. There is no setting against it.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HypothesisProvider, "_maybe_draw_constant", lambda *_args, **_words: None)
        yield
