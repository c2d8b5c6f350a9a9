"""ringdesk audit: who did what, from the machine's shell."""

import argparse
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from panel.shell import ArgumentWords, print_json, run, table

if TYPE_CHECKING:
    from voice.runtime import Runtime

TEXT = "who changed accounts, teams and merchants, signed in, or played which recording; the latest first"


def add_audit(words: ArgumentWords) -> None:
    """ringdesk audit"""
    parser = words.add_parser(
        "audit", help="who changed what, signed in, or played recordings", description=TEXT
    )
    parser.add_argument("--merchant", metavar="MERCHANT", help="at this merchant alone")
    parser.add_argument(
        "--about", metavar="WHAT", default="", help="an e-mail address, a team, or a ticket as #17"
    )
    parser.add_argument("--since", metavar="DAY", help="from this day on, UTC, such as 2026-11-22")
    parser.add_argument("--limit", type=int, default=100, help="how many at most (default: 100)")
    parser.add_argument("--json", action="store_true", help="for scripts")
    parser.set_defaults(run=lambda args: run(audit, args))


def audit(rt: "Runtime", args: argparse.Namespace) -> int:
    """The trace."""
    from panel.audit import deeds
    from panel.staff import merchant_of

    since = _moment(args.since)
    with rt.store.read() as tx:
        if args.merchant is not None:
            merchant_of(tx, args.merchant)
        merchants = None if args.merchant is None else [args.merchant]
        rows = deeds(tx, merchants, about=args.about, since=since, size=max(1, args.limit))
    if args.json:
        return print_json([asdict(row) for row in rows])
    return table(
        ("WHEN (UTC)", "MERCHANT", "WHO", "ADDRESS", "WHAT"),
        [
            (
                datetime.fromtimestamp(row.at, UTC).strftime("%Y-%m-%d %H:%M:%S"), row.merchant or "-", row.by,
                row.address or "-", row.sentence,
            )
            for row in rows
        ],
        "nothing was done, as far as you asked",
    )  # fmt: skip


def _moment(day: str | None) -> float:
    from panel.staff import Faulty

    if day is None:
        return 0.0
    try:
        return datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise Faulty(f"{day!r} is no day; give one such as 2026-11-22") from None
