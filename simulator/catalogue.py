"""Writes the list of assumed behaviours into docs/simulator.md: `python -m simulator.catalogue docs/simulator.md`."""

from __future__ import annotations

import sys
from pathlib import Path

from simulator.assumed import ASSUMED

BEGIN = "<!-- assumed: begin -->"
END = "<!-- assumed: end -->"


def table() -> str:
    rows = [
        f"| `{assumption.id}` | {assumption.sentence} | `simulator/{assumption.where}` |"
        for assumption in ASSUMED
    ]
    return "\n".join(["| name | what the simulator does | where |", "|---|---|---|", *rows])


def with_table(page: str) -> str:
    """The page with the present table between its two marks."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{table()}\n{END}{tail}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(with_table(path.read_text("utf-8")), "utf-8")
