"""Publishing a flow: an immutable version under its digest, all or nothing; SQL is the truth after that."""

from pathlib import Path

import structlog

from callflows.check import check
from callflows.faults import Fault, FlowFaults, Severity
from callflows.flow import Flow
from callflows.read import read_flow
from voice import models
from voice.runtime import Runtime

log = structlog.get_logger()


class NothingToServe(RuntimeError):
    """A merchant's file is broken and no earlier version can serve."""


def read_checked(file: Path) -> Flow:
    """A flow whose every check passed; raises FlowFaults with file, line and column."""
    flow = read_flow(file.read_text(encoding="utf-8"), str(file))
    errors = [fault for fault in check(flow) if fault.severity == Severity.ERROR]
    if errors:
        raise FlowFaults(errors)
    return flow


def publish(rt: Runtime, file: Path, by: str) -> bool:
    """Make a file's flow the one for new calls; false when it already is. Calls in progress stay on theirs."""
    flow, text = read_checked(file), file.read_text(encoding="utf-8")
    with rt.write() as tx:
        merchant = tx.get(models.Merchant, flow.merchant)
        if merchant is None:
            raise NothingToServe(f"{file}: there is no merchant {flow.merchant!r}; add it first: ringdesk seed")
        merchant.flow_fault = None
        if merchant.live_digest == flow.digest:
            return False
        if tx.get(models.FlowVersion, (flow.merchant, flow.digest)) is None:
            tx.add(models.FlowVersion(merchant_id=flow.merchant, digest=flow.digest, text=text, published_at=rt.now(),
                                      published_by=by))
        merchant.live_digest = flow.digest
        merchant.name, merchant.timezone = flow.name, flow.timezone
    log.info("flow published", merchant=flow.merchant, digest=flow.digest[:12], by=by)
    return True


def publish_folder(rt: Runtime, folder: Path) -> tuple[Fault, ...]:
    """Publish every changed file at start. A broken file is reported and the last good version serves; with none, stop."""
    faults: list[Fault] = []
    for file in sorted(folder.glob("*.yaml")):
        try:
            publish(rt, file, "start")
        except FlowFaults as broken:
            faults.extend(broken.faults)
            _report(rt, file, broken)
    return tuple(faults)


def _report(rt: Runtime, file: Path, broken: FlowFaults) -> None:
    with rt.write() as tx:
        merchant = tx.get(models.Merchant, file.stem)
        if merchant is None or merchant.live_digest is None:
            raise NothingToServe(f"{broken}\n{file} is broken and no earlier version can serve; mend it: "
                                 f"ringdesk flows check {file}") from broken
        merchant.flow_fault = str(broken)
    for fault in broken.faults:
        log.error("flow file broken; the last good version serves", fault=str(fault))
