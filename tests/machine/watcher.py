"""A supervisor who listens, coaches and barges in, and what she has ever wished in the visit of each of her legs."""

from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from tests.machine.legs import Leg, Place
from voice import models, supervising
from voice.states import Heard
from voice.supervisions import identity_of

if TYPE_CHECKING:
    from tests.machine.centre import Centre

ID = "us_sue"
WHO = f"client:{identity_of(ID)}"
PHONE_SECONDS = (0.1, 0.3, 0.3, 9.2)  # from the click; the last is too late


class Watcher:
    """The page and the phone of a supervisor."""

    def __init__(self, centre: "Centre") -> None:
        self.centre = centre
        self.leg: Leg | None = None
        self.visit = self.call_id = ""
        self.wished_by: dict[
            str, set[Heard]
        ] = {}  # of each leg; the one that gives way stays a moment longer
        self._wished: set[Heard] = set()  # of the present visit

    def wishes(self, call_id: str, heard: Heard) -> None:
        """Into a talk, or heard by others from now on."""
        rt = self.centre.web.rt
        if call_id == self.call_id:
            self._wished.add(heard)

        def supervise() -> str:
            with rt.write() as tx:
                sue = tx.get_one(models.User, ID)
                return supervising.supervise(tx, rt, sue, ("northwind",), call_id, heard)[0].id

        visit = self.centre.clicks(supervise)
        if visit is not None and visit != self.visit:
            self.visit, self.call_id, self._wished = visit, call_id, {heard}
            comes = partial(self._connects, visit, self._wished)
            self.centre.kernel.after(self.centre.lots.choice(PHONE_SECONDS), comes)

    def leaves(self) -> None:
        """A click on Leave."""
        rt = self.centre.web.rt
        with rt.store.read() as tx:
            call_id = tx.scalar(select(models.Supervision.call_id).where(models.Supervision.id == self.visit))

        def leave() -> None:
            with rt.write() as tx:
                supervising.leave_talk(tx, rt, ID, call_id or "")

        self.centre.clicks(leave)

    def loses_phone(self) -> None:
        """The page is closed."""
        if self.leg is not None:
            self.centre.exchange.hangs_up(self.leg, "is lost")

    def _connects(self, visit: str, wished: set[Heard]) -> None:
        if self.centre.is_closing:
            return
        old, exchange = self.leg, self.centre.exchange
        self.leg = exchange.dials(WHO, "", "agent", offer=visit, CallStatus="ringing")
        self.wished_by[self.leg.sid] = wished
        if old is not None and old.place is not Place.GONE:
            exchange.hangs_up(old, "gives way")
