"""The verbs, by their TwiML names."""

from __future__ import annotations

from simulator.interpreter import Verb
from simulator.verbs.dial import dial
from simulator.verbs.enqueue import enqueue, leave
from simulator.verbs.flow import hangup, redirect, refer, reject
from simulator.verbs.gather import gather
from simulator.verbs.pause import pause
from simulator.verbs.play import play, play_whole
from simulator.verbs.record import record
from simulator.verbs.say import say

VERBS: dict[str, Verb] = {
    "Say": say,
    "Play": play,
    "Pause": pause,
    "Gather": gather,
    "Record": record,
    "Dial": dial,
    "Enqueue": enqueue,
    "Leave": leave,
    "Redirect": redirect,
    "Reject": reject,
    "Refer": refer,
    "Hangup": hangup,
}

__all__ = ["VERBS", "play_whole"]
