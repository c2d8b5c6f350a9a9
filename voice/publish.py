"""Publishing a flow: an immutable version under its digest, all or nothing; SQL is the truth after that."""

from pathlib import Path

import structlog

from callflows.check import errors
from callflows.faults import Fault, FlowFaults
from callflows.files import Checked, check_file, check_files
from callflows.flow import Flow
from voice import models
from voice.runtime import Runtime

log = structlog.get_logger()


class NoSuchMerchant(LookupError):
    """A file is of a merchant that this installation does not have."""


class NothingToServe(RuntimeError):
    """A merchant's file is broken and no earlier version can serve."""


def publish(rt: Runtime, file: Path, by: str) -> bool:
    """Make a file's flow the one for new calls; false when it already is. Calls in progress stay on theirs.

    Raises FlowFaults with file, line and column when a check fails, NoSuchMerchant when the merchant is not there.
    """
    return _publish(rt, check_file(file), by)


def publish_folder(rt: Runtime, folder: Path) -> tuple[Fault, ...]:
    """Publish every changed file at start. A broken file is reported and the last good version serves; with none, stop."""
    faults: list[Fault] = []
    for checked in check_files([folder]):
        try:
            _publish(rt, checked, "start")
        except FlowFaults as broken:
            faults.extend(broken.faults)
            _report(rt, checked, broken)
        except NoSuchMerchant as unknown:  # between two merchants' `ringdesk connect`: the others serve
            log.error("flow file left out", reason=str(unknown))
    return tuple(faults)


def readable_flows(folder: Path) -> list[Flow]:
    """The flows of a folder whose every check passed."""
    return [one.flow for one in check_files([folder]) if one.flow is not None and not errors(one.faults)]


def _publish(rt: Runtime, checked: Checked, by: str) -> bool:
    flow, broken = checked.flow, errors(checked.faults)
    if broken or flow is None:
        raise FlowFaults(broken)
    with rt.write() as tx:
        merchant = tx.get(models.Merchant, flow.merchant)
        if merchant is None:
            raise NoSuchMerchant(
                f"{checked.path}: there is no merchant {flow.merchant!r}; add it first: ringdesk seed"
            )
        merchant.flow_fault = None
        if merchant.live_digest == flow.digest:
            return False
        if tx.get(models.FlowVersion, (flow.merchant, flow.digest)) is None:
            version = models.FlowVersion(merchant_id=flow.merchant, digest=flow.digest, text=checked.text)
            version.published_at, version.published_by = rt.now(), by
            tx.add(version)
        merchant.live_digest, merchant.name, merchant.timezone = flow.digest, flow.name, flow.timezone
    log.info("flow published", merchant=flow.merchant, digest=flow.digest[:12], by=by)
    return True


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
