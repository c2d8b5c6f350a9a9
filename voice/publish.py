"""Publishing a flow: an immutable version under its digest, all or nothing; SQL is the truth after that."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import structlog
from sqlalchemy.orm import Session

from callflows.check import errors
from callflows.faults import Fault, FlowFaults
from callflows.files import Checked, Look, check_files
from callflows.flow import Flow
from callflows.lints.base import Live
from callflows.read import read_flow
from voice import models
from voice.flow_log import PUBLISHED, RETURNED, SEEN, STARTED, Stale, earlier, enter, last_from_file, version
from voice.people import live
from voice.runtime import Runtime
from voice.team_queues import follow

log = structlog.get_logger()


class NoSuchMerchant(LookupError):
    """A file is of a merchant that this installation does not have."""


class NothingToServe(RuntimeError):
    """A merchant's file is broken and no earlier version can serve."""


@dataclass(frozen=True)
class Outcome:
    """What became of one merchant's flow: the version that answers now, the one before, and what may be mended."""

    merchant: str
    digest: str
    was_digest: str | None
    warnings: tuple[Fault, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether another version answers now."""
        return self.digest != self.was_digest


def publish(rt: Runtime, file: Path, by: str) -> bool:
    """Make a file's flow the one for new calls; false when it already is. Calls in progress stay on theirs.

    Raises FlowFaults with file, line and column when a check fails, NoSuchMerchant when the merchant is not there.
    """
    return publish_files(rt, [file], by)[0].is_new


def publish_files(rt: Runtime, files: Iterable[Path], by: str, reason: str = "") -> tuple[Outcome, ...]:
    """All files, or none when one of them has an error or an unknown merchant. Folders mean their *.yaml files."""
    checked = check_files(files, look_in(rt))
    broken = [fault for one in checked for fault in errors(one.faults)]
    if broken or any(one.flow is None for one in checked):
        raise FlowFaults(broken)
    with rt.write() as tx:
        outcomes = tuple(
            replace(_make_live(tx, rt, one, PUBLISHED, by, reason), warnings=one.faults) for one in checked
        )
    for outcome in outcomes:
        _tell(outcome, by)
    return outcomes


def look_in(rt: Runtime) -> Look:
    """What the checks can ask this installation: who takes which queue, who is called what."""

    def look(merchant_id: str) -> Live | None:
        with rt.store.read() as tx:
            return live(tx, merchant_id)

    return look


def publish_folder(rt: Runtime, folder: Path) -> tuple[Fault, ...]:
    """Publish every changed file at start. A broken file is reported and the last good version serves; with none, stop.

    A file that start or a publish has met before changes nothing, so that a way back survives the next start.
    """
    faults: list[Fault] = []
    for checked in check_files([folder]):
        try:
            _publish_at_start(rt, checked)
        except FlowFaults as broken:
            faults.extend(broken.faults)
            _report(rt, checked, broken)
        except NoSuchMerchant as unknown:  # between two merchants' `ringdesk connect`: the others serve
            log.error("flow file left out", reason=str(unknown))
    return tuple(faults)


def go_back(
    rt: Runtime, merchant_id: str, by: str, *, to: str = "", reason: str = "", expected: str | None = None
) -> Outcome:
    """Let an earlier version answer again: the one before, or the one whose digest begins with `to`.

    `expected` is the digest that was live when somebody decided this. Raises NoSuchMerchant, NoSuchVersion, Stale.
    """
    with rt.write() as tx:
        merchant = _merchant(tx, merchant_id, merchant_id)
        if expected is not None and merchant.live_digest != expected:
            raise Stale(f"another version of {merchant_id}'s flow is live since you looked; look again")
        digest = version(tx, merchant_id, to).digest if to else earlier(tx, merchant)
        row = tx.get_one(models.FlowVersion, (merchant_id, digest))
        outcome = Outcome(merchant_id, digest, merchant.live_digest)
        if outcome.is_new:
            flow = read_flow(row.text, f"{merchant_id}@{digest[:12]}")
            enter(tx, merchant, digest, RETURNED, at=rt.now(), by=by, reason=reason)
            merchant.live_digest, merchant.name, merchant.timezone = digest, flow.name, flow.timezone
            follow(tx, merchant_id, flow)
    _tell(outcome, by)
    return outcome


def readable_flows(folder: Path) -> list[Flow]:
    """The flows of a folder whose every check passed."""
    return [one.flow for one in check_files([folder]) if one.flow is not None and not errors(one.faults)]


def store_version(tx: Session, rt: Runtime, checked: Checked, by: str) -> str:
    """Keep a file's flow under its digest, for ever; its digest. Raises FlowFaults, NoSuchMerchant."""
    flow, broken = checked.flow, errors(checked.faults)
    if broken or flow is None:
        raise FlowFaults(broken)
    _merchant(tx, flow.merchant, str(checked.path))
    if tx.get(models.FlowVersion, (flow.merchant, flow.digest)) is None:
        row = models.FlowVersion(merchant_id=flow.merchant, digest=flow.digest, text=checked.text)
        row.published_at, row.published_by = rt.now(), by
        tx.add(row)
        tx.flush()
    return flow.digest


def _publish_at_start(rt: Runtime, checked: Checked) -> None:
    with rt.write() as tx:
        flow = checked.flow
        if flow is not None and not errors(checked.faults):
            merchant = _merchant(tx, flow.merchant, str(checked.path))
            merchant.flow_fault = None
            if merchant.live_digest is not None and last_from_file(tx, flow.merchant) == flow.digest:
                return
        outcome = _make_live(tx, rt, checked, STARTED, "start")
        if not outcome.is_new:
            enter(
                tx,
                tx.get_one(models.Merchant, outcome.merchant),
                outcome.digest,
                SEEN,
                at=rt.now(),
                by="start",
            )
    _tell(outcome, "start")


def _make_live(tx: Session, rt: Runtime, checked: Checked, kind: str, by: str, reason: str = "") -> Outcome:
    digest = store_version(tx, rt, checked, by)
    flow = checked.flow
    if flow is None:
        raise FlowFaults(())
    merchant = tx.get_one(models.Merchant, flow.merchant)
    outcome = Outcome(flow.merchant, digest, merchant.live_digest)
    merchant.flow_fault = None
    if outcome.is_new:
        enter(tx, merchant, digest, kind, at=rt.now(), by=by, reason=reason)
        merchant.live_digest, merchant.name, merchant.timezone = digest, flow.name, flow.timezone
        follow(tx, flow.merchant, flow)
    return outcome


def _merchant(tx: Session, merchant_id: str, where: str) -> models.Merchant:
    merchant = tx.get(models.Merchant, merchant_id)
    if merchant is None:
        raise NoSuchMerchant(
            f"{where}: there is no merchant {merchant_id!r}; add it first: "
            f"ringdesk merchants add {merchant_id}, or give it a number: ringdesk connect NUMBER"
        )
    return merchant


def _tell(outcome: Outcome, by: str) -> None:
    if outcome.is_new:
        log.info("flow published", merchant=outcome.merchant, digest=outcome.digest[:12], by=by)


def _report(rt: Runtime, checked: Checked, broken: FlowFaults) -> None:
    merchant_id = checked.flow.merchant if checked.flow is not None else checked.path.stem
    with rt.write() as tx:
        merchant = tx.get(models.Merchant, merchant_id)
        if merchant is None or merchant.live_digest is None:
            raise NothingToServe(
                f"{broken}\n{checked.path} is broken and no earlier version can serve; mend it, then look again: "
                f"ringdesk flows check {checked.path}"
            ) from broken
        merchant.flow_fault = str(broken)
    for fault in broken.faults:
        log.error("flow file broken; the last good version serves", fault=str(fault))
