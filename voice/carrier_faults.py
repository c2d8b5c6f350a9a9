"""How a request to the carrier can fail, in the three ways that call for different answers."""


class CarrierAway(RuntimeError):
    """No answer, or an answer that says try again; whether it was done is unknown."""


class CarrierRefused(RuntimeError):
    """The carrier understood and will not do it, or answered what we will not take."""


class CarrierGone(CarrierRefused):
    """The leg or the room that was to be moved has ended."""


class NotThere(CarrierRefused):
    """The carrier has no such recording: it is not ready yet, or was deleted."""
