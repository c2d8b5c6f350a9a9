"""ringdesk merchants: the shops of an installation, from the machine's shell."""

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from panel.shell import ArgumentWords, ask_first, changing, print_json, sure, table, word

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
    ask_first(
        word(
            group, "disable", merchant_disable,
            "no new calls: its numbers answer as an unknown number does; calls in progress end as begun", "MERCHANT",
        )
    )  # fmt: skip
    word(group, "enable", merchant_enable, "its numbers are answered by its flow again", "MERCHANT")


def merchant_add(rt: "Runtime", args: argparse.Namespace) -> int:
    """A shop."""
    from panel.shops import add_shop

    with changing(rt) as hand:
        add_shop(hand, args.merchant, args.name, args.timezone, args.account)
    print(
        f"{args.merchant} is here; write {rt.settings.flows_dir / args.merchant}.yaml (docs/flow-language.md), then: "
        f"ringdesk flows publish {rt.settings.flows_dir / args.merchant}.yaml"
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
        ("MERCHANT", "NAME", "TIME ZONE", "NUMBERS", "FLOW", "PEOPLE", "STATE"),
        [
            (
                row.id,
                row.name,
                row.timezone,
                ", ".join(row.numbers) or "none",
                row.flow_digest[:12] or "none",
                str(row.people),
                "disabled" if row.disabled_at else "active",
            )
            for row in rows
        ],
        "no merchants yet; add one: ringdesk merchants add MERCHANT --name NAME --timezone ZONE",
    )


def merchant_disable(rt: "Runtime", args: argparse.Namespace) -> int:
    """No new calls."""
    from panel import shops

    with rt.store.read() as tx:
        shop = shops.one_shop(tx, args.merchant)
        now = shops.in_progress(tx, args.merchant)
    if shop.disabled_at is not None:
        print(f"{args.merchant} is disabled already")
        return 0
    sure(args, f"Disable {shop.name}? {now.sentence()}")
    with changing(rt) as hand:
        shops.disable_shop(hand, args.merchant)
    numbers = ", ".join(shop.numbers) or "no number"
    print(f"{args.merchant} is disabled; answered as unknown from now on: {numbers}")
    print(f"{now.sentence()} People still see its tickets.")
    print(f"back again: ringdesk merchants enable {args.merchant}")
    return 0


def merchant_enable(rt: "Runtime", args: argparse.Namespace) -> int:
    """Open again."""
    from panel import shops

    with changing(rt) as hand:
        was_disabled = shops.enable_shop(hand, args.merchant)
        shop = shops.one_shop(hand.tx, args.merchant)
    print(
        f"{args.merchant} is enabled{'' if was_disabled else ' already'}: {', '.join(shop.numbers) or 'no number yet'}"
    )
    if not shop.flow_digest:
        print(f"no flow answers yet: ringdesk flows publish {rt.settings.flows_dir / args.merchant}.yaml")
    return 0
