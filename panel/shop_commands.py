"""ringdesk merchants: the shops of an installation, from the machine's shell."""

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from panel.shell import ArgumentWords, print_json, table, word

if TYPE_CHECKING:
    from voice.runtime import Runtime


def add_merchants(group: ArgumentWords) -> None:
    """The words after `ringdesk merchants`."""
    add = word(group, "add", merchant_add, "a new shop; its flow file is published afterwards", "MERCHANT")
    add.add_argument("--name", required=True, help="as callers hear it")
    add.add_argument("--timezone", required=True, help="such as Europe/Berlin")
    add.add_argument("--account", default="", help="Twilio account, when this installation has several")
    listed = word(group, "list", merchant_list, "every shop with its numbers")
    listed.add_argument("--json", action="store_true")


def merchant_add(rt: "Runtime", args: argparse.Namespace) -> int:
    """A shop."""
    from panel.shops import add_shop

    with rt.write() as tx:
        add_shop(tx, args.merchant, args.name, args.timezone, args.account)
    print(
        f"{args.merchant} is here; write {rt.settings.flows_dir / args.merchant}.yaml (docs/flow-language.md), "
        "then restart web to publish it"
    )
    return 0


def merchant_list(rt: "Runtime", args: argparse.Namespace) -> int:
    """Shops."""
    from panel.shops import shops

    with rt.store.read() as tx:
        rows = shops(tx)
    if args.json:
        return print_json([asdict(row) for row in rows])
    return table(
        ("MERCHANT", "NAME", "TIME ZONE", "NUMBERS", "FLOW"),
        [
            (row.id, row.name, row.timezone, ", ".join(row.numbers) or "none", row.flow_digest[:12] or "none")
            for row in rows
        ],
        "no merchants yet; add one: ringdesk merchants add MERCHANT --name NAME --timezone ZONE",
    )
