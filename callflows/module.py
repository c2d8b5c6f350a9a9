"""A module: steps that several flows share, with arguments that go in and outcomes that come out."""

from collections.abc import Mapping
from dataclasses import dataclass

from callflows.fields import optional, required, scalar
from callflows.kinds import FIELD_NAME, OUTCOME_NAME, STEP_NAME, count, parse_name, several
from callflows.steps import STEPS
from callflows.steps.base import Step


@dataclass(frozen=True, kw_only=True)
class Module:
    """A file of its own that flows name under `include`. Its variables are the flow's: what it saves, the flow can use.

    flow_module: 1
    module: order_number
    outcomes: [known, unknown]
    start: ask
    steps:
      ask: {gather: "Your order number?", digits: 6, save: order, next: good, no_input: none, no_match: none}
      good: {outcome: known}
      none: {outcome: unknown}
    """

    version: int = required(count(1, 1, "1"), "the version of this language", key="flow_module")
    module: str = required(scalar("a name", "order_number", parse_name), "the name that a `flow` step uses")
    arguments: tuple[str, ...] = optional(
        several(FIELD_NAME, "names"), "variables that a `flow` step must give under `with`", ()
    )
    outcomes: tuple[str, ...] = required(several(OUTCOME_NAME, "names"), "how it can end")
    start: str = required(STEP_NAME, "the step that begins", missing_rule="no-start")
    steps: Mapping[str, Step] = required(STEPS, "what happens, step by step")

    file: str = ""
