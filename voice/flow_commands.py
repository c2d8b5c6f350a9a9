"""The words `ringdesk flows publish`, `back`, `log`, `draft` and `trace`: what answers calls, who said so, what came of it.

And what the words of files can know where the database is at hand: `check --live`, `schema --live`.
"""

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from callflows.faults import FlowFaults
from callflows.fields import BadValue
from callflows.kinds import parse_e164

if TYPE_CHECKING:
    from voice.runtime import Runtime

ArgumentWords: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Deed = Callable[["Runtime", argparse.Namespace], int]

PUBLISH = """\
Let flows answer new calls, in every process within a second. All files or none: one error stops them all. A flow that
means the same as the live one changes nothing. Calls in progress stay on the flow they began with.

  ringdesk flows publish callflows/merchants/northwind.yaml --why "shorter menu"
  ringdesk flows publish callflows/merchants
"""
BACK = """\
Let an earlier version answer again: the one before, or the one whose digest begins with --to.

  ringdesk flows back northwind
  ringdesk flows back northwind --to 3fa9 --why "the new menu confuses callers"
"""
LOG = """\
Who published what and when, the newest first; * is live now.

  ringdesk flows log northwind
  ringdesk flows log northwind --show 3fa9 > old.yaml      the text of a version
"""
TRACE = """\
The path that a real call took: each turn with its time, what led to it, the steps, what was said and decided, and the
document that was answered. Numbers are shortened, what opens anything is cut. Calls are named by id, CallSid or ticket.

  ringdesk flows trace northwind#17
  ringdesk flows trace ca_1f0c --documents
  ringdesk flows trace CA5f7c... --draw path.svg      the way of the call on the picture of its flow
"""
DRAFT = """\
Let a flow answer one number only, to hear it before callers do. The number must be one of the merchant's own.

  ringdesk flows draft northwind.yaml --number +12025550109
  ringdesk flows draft --off --number +12025550109
"""


def add_words(words: ArgumentWords) -> None:
    """publish | back | log | draft | trace"""
    publish = _word(words, "publish", "let flows answer new calls", PUBLISH, _publish)
    publish.add_argument("paths", nargs="+", type=Path, metavar="FILE", help="flow files, or folders of them")
    back = _word(words, "back", "let an earlier version answer again", BACK, _back)
    back.add_argument("merchant", metavar="MERCHANT", help="the merchant's short name")
    back.add_argument("--to", default="", metavar="DIGEST", help="the beginning of a version's digest")
    for word in (publish, back):
        word.add_argument("--why", default="", metavar="WORDS", help="kept in the log")
    log = _word(words, "log", "who published what and when", LOG, _log)
    log.add_argument("merchant", metavar="MERCHANT", help="the merchant's short name")
    log.add_argument("--show", default="", metavar="DIGEST", help="print the text of this version instead")
    log.add_argument("--json", action="store_true", help="for other programs")
    draft = _word(words, "draft", "let a flow answer one number only", DRAFT, _draft)
    draft.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the flow file")
    draft.add_argument("--number", required=True, metavar="NUMBER", help="the number, as in +12025550109")
    draft.add_argument("--off", action="store_true", help="the live flow answers it again")
    trace = _word(words, "trace", "the path that a call took", TRACE, _trace)
    trace.add_argument(
        "call", metavar="CALL", help="a call's id or CallSid, or its ticket as in northwind#17"
    )
    trace.add_argument("--documents", action="store_true", help="also print the TwiML of each turn")
    trace.add_argument("--draw", type=Path, metavar="FILE", help="write the picture (SVG) there")
    trace.add_argument("--json", action="store_true", help="for other programs")
    for word in (publish, back, draft):
        word.add_argument("--by", default="", metavar="NAME", help="who says so (default: your login name)")
    _add_live(words.choices["check"], "also look who really takes the queues, and whom a step rings", _check)
    _add_live(words.choices["schema"], "offer the teams and agents of the flow's merchant, too", _schema)


def _add_live(word: argparse.ArgumentParser, help: str, deed: Deed) -> None:
    """A word of files that looks into the database when it is told to."""
    plain: Callable[[argparse.Namespace], int] = word.get_default("run")
    word.add_argument("--live", action="store_true", help=f"{help} (needs DATABASE_URL)")
    word.set_defaults(run=lambda args: _run(deed, args) if args.live else plain(args))


def _word(words: ArgumentWords, name: str, help: str, text: str, deed: Deed) -> argparse.ArgumentParser:
    parser = words.add_parser(
        name,
        help=help,
        description=text,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(run=lambda args: _run(deed, args))
    return parser


def _run(deed: Deed, args: argparse.Namespace) -> int:
    """Do it; what is wrong becomes sentences, and an exit code."""
    from voice.build import build_runtime
    from voice.drafts import NoSuchNumber
    from voice.flow_log import NoSuchVersion, Stale
    from voice.publish import NoSuchMerchant
    from voice.settings import Settings
    from voice.trace import NoSuchCall

    try:
        rt = build_runtime(Settings())
    except ValueError as problem:  # a setting that is missing or wrong
        print(f"ringdesk: {problem}", file=sys.stderr)
        return 2
    try:
        return deed(rt, args)
    except FlowFaults as broken:
        for fault in broken.faults:
            print(fault, file=sys.stderr)
        print("ringdesk: nothing was published; mend this first", file=sys.stderr)
        return 1
    except NoSuchCall as problem:
        print(f"ringdesk: {problem}", file=sys.stderr)
        return 1
    except (NoSuchMerchant, NoSuchNumber, NoSuchVersion, Stale) as problem:
        print(f"ringdesk: {problem}; nothing was changed", file=sys.stderr)
        return 1
    except BadValue as bad:
        print(f"ringdesk: {bad.text}", file=sys.stderr)
        return 2
    except OSError as problem:
        print(f"ringdesk: cannot open '{problem.filename}': {problem.strerror}", file=sys.stderr)
        return 2


def _check(rt: "Runtime", args: argparse.Namespace) -> int:
    from callflows.commands import run_check
    from voice.publish import look_in

    return run_check(args, look_in(rt))


def _schema(rt: "Runtime", args: argparse.Namespace) -> int:
    from callflows.tools.explain_commands import run_schema
    from voice.publish import look_in

    return run_schema(args, look_in(rt))


def _publish(rt: "Runtime", args: argparse.Namespace) -> int:
    from voice.publish import publish_files

    outcomes = publish_files(rt, args.paths, _who(args), args.why)
    for warning in (fault for one in outcomes for fault in one.warnings):
        print(warning, file=sys.stderr)
    for one in outcomes:
        was = f" (was {one.was_digest[:12]})" if one.was_digest else ""
        print(
            f"{one.merchant}: {one.digest[:12]} is live{was}" if one.is_new else f"{one.merchant}: unchanged"
        )
    if not outcomes:
        print("ringdesk: there are no *.yaml files; name the flow files", file=sys.stderr)
    return 0 if outcomes else 2


def _back(rt: "Runtime", args: argparse.Namespace) -> int:
    from voice.publish import go_back

    one = go_back(rt, args.merchant, _who(args), to=args.to, reason=args.why)
    print(
        f"{one.merchant}: {one.digest[:12]} is live"
        + (f" (was {one.was_digest[:12]})" if one.is_new and one.was_digest else " already")
    )
    return 0


def _log(rt: "Runtime", args: argparse.Namespace) -> int:
    from voice.drafts import drafts
    from voice.flow_log import history, version
    from voice.models import Merchant
    from voice.publish import NoSuchMerchant

    with rt.store.read() as tx:
        merchant = tx.get(Merchant, args.merchant)
        if merchant is None:
            raise NoSuchMerchant(f"there is no merchant '{args.merchant}'")
        if args.show:
            print(version(tx, args.merchant, args.show).text, end="")
            return 0
        entries, heard, fault = history(tx, args.merchant), drafts(tx, args.merchant), merchant.flow_fault
    if args.json:
        print(json.dumps([asdict(one) for one in entries], indent=2))
        return 0
    for entry in entries:
        at = datetime.fromtimestamp(entry.at, UTC)
        print(
            f"{'*' if entry.is_live else ' '} {entry.digest[:12]}  {at:%Y-%m-%d %H:%M} UTC  {entry.kind:9}  {entry.by}  {entry.reason}".rstrip()
        )
    for draft in heard:
        print(f"d {draft.digest[:12]}  answers {draft.number} as a draft, by {draft.by}")
    if not entries:
        print(
            f"nothing was ever published for {args.merchant}; begin with: ringdesk flows publish FILE",
            file=sys.stderr,
        )
    if fault:
        print(
            f"the file in the flows folder was broken at the last start, so it was left out:\n{fault}",
            file=sys.stderr,
        )
    return 0


def _draft(rt: "Runtime", args: argparse.Namespace) -> int:
    from voice.drafts import drop_draft, set_draft

    number = parse_e164(args.number)
    if args.off:
        one = drop_draft(rt, number)
        print(f"{one.number} is answered by the live flow of {one.merchant} again")
        return 0
    if args.file is None:
        raise BadValue("name the flow FILE that should answer the number, or say --off")
    one = set_draft(rt, args.file, number, _who(args))
    print(f"{one.number} is answered by the draft {one.digest[:12]} of {one.merchant}; end it with --off")
    return 0


def _trace(rt: "Runtime", args: argparse.Namespace) -> int:
    from callflows.tools.graph import graph
    from callflows.tools.svg import as_svg
    from voice.trace import find, trace
    from voice.trace_text import as_json, as_text

    rt.books.refresh()
    with rt.store.read() as tx:
        found = trace(rt, tx, find(tx, args.call))
    if args.draw and found.flow is not None:
        args.draw.write_text(as_svg(graph(found.flow, found.path, found.walked)), "utf-8")
        print(f"drawn in {args.draw}", file=sys.stderr)
    print(as_json(found) if args.json else as_text(found, documents=args.documents), end="")
    return 0


def _who(args: argparse.Namespace) -> str:
    if args.by:
        return str(args.by)
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "shell"
