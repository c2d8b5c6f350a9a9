"""Writes the list of assumed behaviours into docs/simulator.md: `python -m simulator.catalogue docs/simulator.md`."""

from __future__ import annotations

import sys
from pathlib import Path

from simulator.assumed import ASSUMED
from simulator.confirm.probes import BY_HAND, PROBES

BEGIN = "<!-- assumed: begin -->"
END = "<!-- assumed: end -->"


def table() -> str:
    probes = {probe.id for probe in PROBES}
    rows = [
        f"| `{assumption.id}` | {assumption.sentence} | `simulator/{assumption.where}` | "
        f"{'`confirm`' if assumption.id in probes else BY_HAND[assumption.id]} |"
        for assumption in ASSUMED
    ]
    head = ["| name | what the simulator does | where | how to confirm it |", "|---|---|---|---|"]
    return "\n".join([*head, *rows])


def with_table(page: str) -> str:
    """The page with the present table between its two marks."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{table()}\n{END}{tail}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(with_table(path.read_text("utf-8")), "utf-8")
