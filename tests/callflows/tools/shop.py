"""A flow with one of everything that the tools are asked about, and the command as somebody types it."""

import argparse
from pathlib import Path

from callflows.commands import add_commands
from callflows.flow import Flow
from callflows.read import read_flow

# 2026-11-25 12:00 UTC, a Wednesday.
NOON = 1_795_608_000.0
HOUSE = Path(__file__).parents[3]
MERCHANTS = HOUSE / "callflows" / "merchants"
SHIPPED = sorted(MERCHANTS.glob("*.yaml"))

SHOP = """\
# The corner shop.
flow_version: 1
merchant: corner
name: The Corner Shop
timezone: America/Chicago
numbers: ["+12025550160"]
recording: {announce: "This call is recorded."}
calendars: {shop: {mon-fri: 09:00-17:00}}
queues: {till: {max_wait: 5m}}
start: open_now
fallback: message

steps:
  open_now:  # by the clock in Chicago
    hours: shop
    open: menu
    closed: message

  menu:
    menu: "For the till, press 1. For the owner, press 2."
    options: {1: till, 2: owner}
    tries: 2

  till:
    queue: till
    full: message
    no_agents: message
    exit_keys: {star: message}

  owner:
    forward: "+12025550161"
    busy: message

  message:
    voicemail: "Please leave a message."
    next: bye

  bye:
    hangup: "Goodbye."
"""


def shop(text: str = SHOP) -> Flow:
    """The corner shop's flow."""
    return read_flow(text, "corner.yaml")


def run(*words: str | Path) -> int:
    """What `ringdesk` does with these words."""
    parser = argparse.ArgumentParser(prog="ringdesk")
    add_commands(parser.add_subparsers(required=True))
    chosen = parser.parse_args(["flows", *map(str, words)])
    code: int = chosen.run(chosen)
    return code
