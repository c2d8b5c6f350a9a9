"""A contact centre whose flow consists of the steps that a test is about."""

from pathlib import Path

from tests.journeys.shop import Shop

HEAD = """
flow_version: 1
merchant: northwind
name: Northwind Outfitters
timezone: America/New_York
numbers: ["+12025550100"]
recording: {record: no}
queues: {orders: {ring: 20s, max_wait: 10m}}
"""
TAIL = """
  message: {voicemail: {en-US: "Please leave a message.", es-US: "Deje un mensaje."}, next: goodbye}
  goodbye: {hangup: {en-US: "Goodbye.", es-US: "Adiós."}}
"""


def shop_with(tmp_path: Path, steps: str, head: str = "") -> Shop:
    """A shop whose flow begins at the step `hello`."""
    return Shop(tmp_path, flow=f"{HEAD}{head}\nstart: hello\nfallback: message\nsteps:\n{steps}{TAIL}")
