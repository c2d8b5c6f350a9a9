"""A stand-in Twilio: runs TwiML, speaks the REST API, signs webhooks, keeps a ledger. It knows no application."""

from simulator.account import Account
from simulator.clock import VirtualClock, WallClock
from simulator.simulator import Simulator

__all__ = ["Account", "Simulator", "VirtualClock", "WallClock"]
