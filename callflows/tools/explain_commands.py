"""The words `ringdesk flows explain` and `ringdesk flows schema`."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from callflows.faults import FlowFaults
from callflows.files import Look, nobody_looks
from callflows.flow import Flow
from callflows.tools.explain import Unknown, explain, explain_step
from callflows.tools.schema import names_of, schema
from callflows.tools.shell import (
    CLEAN,
    ArgumentWords,
    CannotRun,
    cannot,
    faulty,
    readable_flow,
    word,
    written,
)

EXPLAIN = """\
What a kind of step, a part of the file or a rule is; or how one step of a flow works, defaults included.

  ringdesk flows explain menu                     a kind of step, with an example
  ringdesk flows explain queues                   a part of the file; flow is all of it
  ringdesk flows explain queue-without-way-out    a rule of check
  ringdesk flows explain main_menu northwind.yaml
"""
SCHEMA = """\
Print the JSON Schema (draft-07) of flow files, so that an editor completes them and marks mistakes while you type.

  ringdesk flows schema --out flow.schema.json
  ringdesk flows schema northwind.yaml --out northwind.schema.json     with the names of its queues, steps, sounds
  ringdesk flows schema northwind.yaml --live                          and of its teams and agents

Then write as the first line of a flow:  # yaml-language-server: $schema=flow.schema.json
"""


def add_words(words: ArgumentWords) -> None:
    """explain | schema"""
    one = word(words, "explain", "what a step, a part or a rule is", EXPLAIN)
    one.add_argument(
        "name", metavar="NAME", help="a kind of step, a part, a rule; with FILE the name of a step"
    )
    one.add_argument("file", metavar="FILE", nargs="?", type=Path, help="a flow whose step is meant")
    one.set_defaults(run=run_explain)
    made = word(words, "schema", "a JSON Schema for editors", SCHEMA)
    made.add_argument("file", metavar="FILE", nargs="?", type=Path, help="a flow whose names are offered")
    made.add_argument("--out", type=Path, metavar="FILE", help="write it there instead of printing it")
    made.set_defaults(run=run_schema)


def _names(flow: Flow, look: Look) -> Mapping[str, tuple[str, ...]]:
    """The names of a flow, and of the people whom its merchant has."""
    live = look(flow.merchant)
    known = {"person": live.people, "team": live.teams} if live is not None else {}
    return names_of(flow) | {refers: tuple(sorted(names)) for refers, names in known.items()}


def run_explain(args: argparse.Namespace) -> int:
    """Print the explanation."""
    try:
        print(explain_step(readable_flow(args.file), args.name) if args.file else explain(args.name), end="")
    except Unknown as problem:
        return cannot(CannotRun(str(problem)))
    except CannotRun as problem:
        return cannot(problem)
    except FlowFaults as found:
        return faulty(found)
    return CLEAN


def run_schema(args: argparse.Namespace, look: Look = nobody_looks) -> int:
    """Print or write the schema."""
    try:
        names = _names(readable_flow(args.file), look) if args.file else None
        text = json.dumps(schema(names), indent=2, ensure_ascii=False) + "\n"
        if args.out:
            written(args.out, text)
        else:
            print(text, end="")
    except CannotRun as problem:
        return cannot(problem)
    except FlowFaults as found:
        return faulty(found)
    return CLEAN
