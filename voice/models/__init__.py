"""The tables. Every tenant's row has its merchant in its primary key; moments are seconds since the epoch, UTC.

The partial unique indexes at the end of a class make wrong decisions impossible to store: they speak of states,
never of time. Both stores keep them (PostgreSQL and SQLite).
"""

from voice.models.afterwards import Beat, Outbox, Recording, Ticket
from voice.models.agents import Agent, QueueMember, Team, TeamMember, TeamQueue
from voice.models.base import Base
from voice.models.callbacks import Callback
from voice.models.calls import DIALLED, Call, Event, Reply, TextMessage, TurnAnswer
from voice.models.merchants import FlowDraft, FlowPublication, FlowVersion, Merchant, Number, TwilioAccount
from voice.models.people import Audit, LoginSession, Membership, User
from voice.models.phones import PhoneRing
from voice.models.queues import RUNG, Offer, Waiting
from voice.models.supervisions import Supervision
from voice.models.talks import Action, Consult, Participation

SCHEMA = "0017"  # the last revision in voice/migrations/versions; every change of the tables is one more

__all__ = [
    "DIALLED",
    "RUNG",
    "SCHEMA",
    "Action",
    "Agent",
    "Audit",
    "Base",
    "Beat",
    "Call",
    "Callback",
    "Consult",
    "Event",
    "FlowDraft",
    "FlowPublication",
    "FlowVersion",
    "LoginSession",
    "Membership",
    "Merchant",
    "Number",
    "Offer",
    "Outbox",
    "Participation",
    "PhoneRing",
    "QueueMember",
    "Recording",
    "Reply",
    "Supervision",
    "Team",
    "TeamMember",
    "TeamQueue",
    "TextMessage",
    "Ticket",
    "TurnAnswer",
    "TwilioAccount",
    "User",
    "Waiting",
]
