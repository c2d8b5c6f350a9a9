"""verdicts.md, from the rules of judge.py and the bugs of planted.py: `python -m tests.chaos.verdicts` writes it."""

from pathlib import Path

from tests.chaos.judge import INVARIANTS, RULES
from tests.chaos.planted import BUGS

PAGE = Path(__file__).with_name("verdicts.md")


def page() -> str:
    """The tables of promises, verdicts and bugs."""
    promises = "".join(f"| {name} | {text} |\n" for name, text in INVARIANTS.items())
    verdicts = "".join(f"| {rule.invariant} | `{rule.name}` | {rule.sentence} |\n" for rule in RULES)
    bugs = "".join(
        f"| {bug.name} | {(bug.plant.__doc__ or '').strip()} | `{bug.verdict}` |\n" for bug in BUGS
    )
    return (
        "# What the judge finds\n\n"
        "`python -m tests.chaos.verdicts` writes this page. `test_judge.py` breaks a good ledger in each of these ways,\n"
        "`test_planted.py` plants each of these bugs in the product.\n\n"
        f"| promise | |\n|---|---|\n{promises}\n"
        f"| promise | verdict | finds |\n|---|---|---|\n{verdicts}\n"
        f"| planted bug | what the build then does | found by |\n|---|---|---|\n{bugs}"
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
