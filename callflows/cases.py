"""The cases of a branch: a field and one test each."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from callflows.fields import BadValue, Kind, Reading, optional, read_fields, required
from callflows.kinds import DECIMAL, FIELD_NAME, PLAIN, STEP_NAME, several
from callflows.shape import PartOf, Several
from callflows.yaml_text import Listing, Node

TESTS = ("is", "in", "starts", "over", "under")


@dataclass(frozen=True, kw_only=True)
class Case:
    """When a field of the call fits, where to go."""

    field: str = required(FIELD_NAME, "the field or variable to look at")
    equals: str | None = optional(PLAIN, "the field is this text", None, key="is")
    among: tuple[str, ...] | None = optional(several(PLAIN, "texts"), "it is one of these", None, key="in")
    starts: str | None = optional(PLAIN, "it begins with this text", None)
    over: str | None = optional(DECIMAL, "it is a number above this one", None)
    under: str | None = optional(DECIMAL, "it is a number below this one", None)
    next: str = required(STEP_NAME, "the step to go to", missing_rule="dead-end")

    def fits(self, value: str) -> bool:
        """Whether the value of the field passes the test."""
        said = value.casefold()
        if self.equals is not None:
            return said == self.equals.casefold()
        if self.among is not None:
            return said in (one.casefold() for one in self.among)
        if self.starts is not None:
            return said.startswith(self.starts.casefold())
        number = number_of(value)
        if number is None:
            return False
        if self.over is not None:
            return number > Decimal(self.over)
        return self.under is not None and number < Decimal(self.under)


def number_of(text: str) -> Decimal | None:
    """A text as a number, if it is a plain one."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _read_cases(node: Node, reading: Reading) -> tuple[Case, ...]:
    if not isinstance(node, Listing) or not node.items:
        raise BadValue("write a list of cases, as in - {field: country, is: DE, next: german}")
    cases = []
    for count, item in enumerate(node.items, start=1):
        inside = reading.inside(str(count))
        case = read_fields(Case, item, inside, f"case {count}")
        if case is None:
            continue
        reading.places[inside.path] = reading.places[f"{inside.path}.next"]
        written = [key for key in TESTS if f"{inside.path}.{key}" in reading.places]
        if len(written) != 1:
            tests = f"it has {' and '.join(written)}" if written else "it has none"
            reading.wrong(item.place, f"a case needs one test of {', '.join(TESTS)}; {tests}", "wrong-value")
        cases.append(case)
    return tuple(cases)


CASE = Kind("a case", "{field: country, is: DE, next: german}", lambda _n, _r: None, shape=PartOf(Case))
CASES = Kind(
    "cases", "[{field: country, is: DE, next: german}]", _read_cases, "step", shape=Several(CASE, alone=False)
)
