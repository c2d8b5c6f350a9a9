"""The reconciler: every five minutes it compares what is open here with what the carrier says, and repairs the rest.

A signal may be lost on its way, and all of them are while we are away; who was away asks for a round `soon`. Each account is asked by one clock at a time
(its lease is a Beat row), after the clock's own round and outside every transaction. What is found goes through the
same functions as the signal that was lost, so it does no harm when that comes after all.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import partial

import structlog
from sqlalchemy import update

from voice import metrics, models, open_here, signals
from voice.books import Account
from voice.carrier_faults import CarrierAway, CarrierGone, CarrierRefused
from voice.changes import changed
from voice.due import RECONCILE, RECONCILE_SECONDS
from voice.heard import CallStatusHeard, LegStatus, Party, RecordingHeard
from voice.runtime import Runtime
from voice.store import StoreAway
from voice.upsert import insert

log = structlog.get_logger()

EVERY_SECONDS = RECONCILE_SECONDS
AGAIN_SECONDS = 60.0  # after a round that failed
OVERLAP_SECONDS = 600.0  # the carrier's lists are "eventually consistent"
GRACE_SECONDS = 10.0  # what ended just now is left to its signal
SOON_SECONDS = 12.0  # from being back to a round: what ended before is then older than the grace
ROUND_SECONDS = 240.0  # what is not asked by then waits for the next round
VOICEMAIL = "RecordVerb"
NOT_THERE = Party(None, "")


@dataclass
class Round:
    """One look at one account: what was repaired, and whether there was time for everything."""

    account: Account
    began: float
    repairs: Counter[str] = field(default_factory=Counter)
    is_whole: bool = True

    def has_time(self, now: float) -> bool:
        """Whether more may be asked in this round."""
        self.is_whole = self.is_whole and now < self.began + ROUND_SECONDS
        return self.is_whole


def step(rt: Runtime, asked: Collection[str] | None = None) -> None:
    """Begin a round for every account that is due; the asking is done after this returns.

    `asked` are the beats of those that were asked a short while ago, when somebody has looked (due.ASKED_ACCOUNTS).
    """
    for account in list(rt.books.page.accounts.values()):
        if (asked is None or _lease(account.id) not in asked) and _take(rt, account.id):
            rt.later(partial(_round, rt, account))


def soon(rt: Runtime) -> None:
    """Signals were refused or found nobody: let the next round of every account begin in 12 s, if it would be later."""
    for account in list(rt.books.page.accounts.values()):
        due = rt.now() - EVERY_SECONDS + SOON_SECONDS
        with rt.write() as tx:
            later = (models.Beat.name == _lease(account.id), models.Beat.at > due)
            tx.execute(update(models.Beat).where(*later).values(at=due))
            asked = insert(tx, models.Beat).values(name=_asked(account.id), at=rt.now(), ok=True)
            tx.execute(asked.on_conflict_do_update(index_elements=["name"], set_={"at": rt.now()}))


def make_amends(rt: Runtime) -> None:
    """Ask for a round soon if a signal was missed; called each second. Raises StoreAway, and then it is asked again."""
    if rt.missed.is_set():
        rt.missed.clear()
        try:
            soon(rt)
        except StoreAway:
            rt.missed.set()
            raise


def _round(rt: Runtime, account: Account) -> None:
    now = Round(account, rt.now())
    try:
        repair(rt, now, _last_round(rt, account.id, now.began))
    except (CarrierAway, CarrierGone, CarrierRefused, StoreAway) as fault:
        log.warning("not reconciled", account=account.id, error=str(fault)[:200])
        now.is_whole = False
    if now.is_whole:
        _beat(rt, _done(account.id), now.began)
    else:
        _beat(rt, _lease(account.id), now.began - EVERY_SECONDS + AGAIN_SECONDS)
    metrics.ROUNDS.labels(account.id, "whole" if now.is_whole else "broken off").inc()
    for what, number in now.repairs.items():
        metrics.REPAIRS.labels(account.id, what).inc(number)
    if repairs := +now.repairs:
        log.warning("reconciled", account=account.id, **dict(sorted(repairs.items())))


def repair(rt: Runtime, now: Round, since: float) -> None:
    """Compare and repair; `since` is when the last whole round began. Raises CarrierAway and StoreAway."""
    account = now.account
    here = open_here.look(rt.store, account.account_sid)
    ended = {leg.call_sid: leg for leg in rt.carrier.legs_ended(account, since - OVERLAP_SECONDS)}
    _find_calls(rt, now, ended)
    _end_legs(rt, now, here, ended)
    made = {one.recording_sid: one for one in rt.carrier.recordings_made(account, since - OVERLAP_SECONDS)}
    _find_recordings(rt, now, made)
    _settle_recordings(rt, now, here, made)


def _find_calls(rt: Runtime, now: Round, ended: dict[str, CallStatusHeard]) -> None:
    """Calls of our numbers that came and went without a word of them reaching the database."""
    numbers = {number for number, (_, owner) in rt.books.page.numbers.items() if owner == now.account.id}
    ours = {sid for sid, leg in ended.items() if leg.dialled.number in numbers and not leg.parent_call_sid}
    for sid in sorted(ours - open_here.known_calls(rt.store, now.account.account_sid, ours)):
        now.repairs["calls_found"] += _tell_end(rt, ended[sid])


def _end_legs(rt: Runtime, now: Round, here: open_here.OpenHere, ended: dict[str, CallStatusHeard]) -> None:
    """Legs that are open here and over there."""
    for sid in sorted(here.legs - rt.carrier.unfinished_legs(now.account)):
        if not now.has_time(rt.now()):
            return
        leg = ended.get(sid) or _leg(rt, now.account, sid)
        now.repairs["calls_ended" if sid in here.calls else "agent_legs_ended"] += _tell_end(rt, leg)


def _tell_end(rt: Runtime, leg: CallStatusHeard) -> int:
    """Let the call know that a leg is over, as of when that was; how many legs that were."""
    now = rt.now()
    ended_at = now if leg.at is None else min(now, leg.at + 1.0)  # told in whole seconds
    is_fresh = leg.at is not None and now - leg.at < GRACE_SECONDS
    if is_fresh or not leg.status.is_final:
        return 0
    signals.leg_status(rt, leg, ended_at)
    return 1


def _leg(rt: Runtime, account: Account, sid: str) -> CallStatusHeard:
    try:
        return rt.carrier.leg(account, sid)
    except CarrierGone:
        return CallStatusHeard(
            sid,
            account.account_sid,
            LegStatus.COMPLETED,
            sequence=None,
            seconds=None,
            parent_call_sid=None,
            sip_code=None,
            caller=NOT_THERE,
            dialled=NOT_THERE,
            at=None,
        )


def _find_recordings(rt: Runtime, now: Round, made: dict[str, RecordingHeard]) -> None:
    """Recordings of our calls of which no signal came."""
    sid = now.account.account_sid
    calls = open_here.known_calls(rt.store, sid, {one.call_sid for one in made.values() if one.call_sid})
    for recording_sid in sorted(made.keys() - open_here.known_recordings(rt.store, sid, made)):
        if made[recording_sid].call_sid in calls:
            _tell_recording(rt, made[recording_sid])
            now.repairs["recordings_found"] += 1


def _settle_recordings(
    rt: Runtime, now: Round, here: open_here.OpenHere, made: dict[str, RecordingHeard]
) -> None:
    """Recordings that are still running here, and are ready or gone there."""
    for sid, call_sid in sorted(here.recordings.items()):
        if not now.has_time(rt.now()):
            return
        one = made.get(sid) or _recording(rt, now.account, sid, call_sid)
        if one.status in (signals.READY, *signals.ABSENT):
            _tell_recording(rt, one)
            now.repairs["recordings_settled"] += 1


def _recording(rt: Runtime, account: Account, sid: str, call_sid: str) -> RecordingHeard:
    try:
        return rt.carrier.recording(account, sid)
    except CarrierGone:
        return RecordingHeard(
            sid,
            account.account_sid,
            call_sid,
            conference_sid=None,
            status="absent",
            seconds=None,
            channels=None,
            source="",
            started_at=None,
            error=None,
        )


def _tell_recording(rt: Runtime, one: RecordingHeard) -> None:
    signals.recording(rt, one, "voicemail" if one.source == VOICEMAIL else "call")


def _take(rt: Runtime, account_id: str) -> bool:
    """The lease on an account: whoever moves it forward asks, and nobody else for a while.

    A round that was asked for a moment ago, but was due anyway, finds what was missed too fresh: another one follows soon.
    """
    now, name = rt.now(), _lease(account_id)
    with rt.store.read() as tx:
        last = tx.get(models.Beat, name)
        if last is not None and last.at > now - EVERY_SECONDS:
            return False
    with rt.write() as tx:
        first = insert(tx, models.Beat).values(name=name, at=now, ok=True).on_conflict_do_nothing()
        # Not rowcount: for an INSERT psycopg and SQLAlchemy together say -1, which is as good as "yes".
        if tx.scalar(first.returning(models.Beat.name)) is not None:
            return True
        asked = tx.get(models.Beat, _asked(account_id))
        is_too_soon = asked is not None and asked.at > now - GRACE_SECONDS
        taken = changed(
            tx,
            update(models.Beat)
            .where(models.Beat.name == name, models.Beat.at <= now - EVERY_SECONDS)
            .values(at=now - EVERY_SECONDS + SOON_SECONDS if is_too_soon else now),
        )
        return bool(taken)


def _last_round(rt: Runtime, account_id: str, now: float) -> float:
    """When the last whole round began; the first one looks back, overlap and all, to its own beginning."""
    with rt.store.read() as tx:
        last = tx.get(models.Beat, _done(account_id))
        return last.at if last is not None else now + OVERLAP_SECONDS


def _beat(rt: Runtime, name: str, at: float) -> None:
    try:
        with rt.write() as tx:
            beat = insert(tx, models.Beat).values(name=name, at=at, ok=True)
            tx.execute(beat.on_conflict_do_update(index_elements=["name"], set_={"at": at}))
    except StoreAway as away:
        log.warning("store away", error=str(away)[:200])


def _lease(account_id: str) -> str:
    return f"{RECONCILE}{account_id}"


def _asked(account_id: str) -> str:
    return f"asked for {account_id}"


def _done(account_id: str) -> str:
    return f"reconciled {account_id}"
