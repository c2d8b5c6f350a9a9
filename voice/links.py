"""Every address that we give to Twilio, in one place.

Each carries Twilio's connection overrides in its fragment, which is neither sent nor signed:
three attempts of at most 1.5 s to connect and 3.5 s to answer, which is exactly Twilio's hard limit of 15 s for one
webhook, and a new attempt after any failure. A repeat is harmless here: every route answers it as the first.
"""

from dataclasses import dataclass

CONNECT_MS, READ_MS, RETRIES = 1500, 3500, 2
OVERRIDES = f"#ct={CONNECT_MS}&rt={READ_MS}&tt={(CONNECT_MS + READ_MS) * (RETRIES + 1)}&rc={RETRIES}&rp=all"

# Twilio publishes no limit for addresses; up to here they are assumed safe.
MAX_LENGTH = 1024


class LinkTooLong(ValueError):
    """The address would be longer than Twilio is assumed to take; keep the session in SQL instead."""


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses of one installation; `base_url` is PUBLIC_BASE_URL, with its prefix if it has one."""

    base_url: str

    def incoming(self) -> str:
        """Where a number's calls arrive."""
        return self._to("incoming")

    def turn(self, sealed: str) -> str:
        """The next turn of the flow, with its sealed session."""
        return self._to(f"turn/{sealed}")

    def longest_sealed(self) -> int:
        """How many characters a sealed session may have."""
        return MAX_LENGTH - len(self.turn(""))

    def again(self) -> str:
        """Where a caller comes back to whom we could not answer for a while."""
        return self._to("again")

    def wait(self, waiting_id: str) -> str:
        """The next piece of waiting; also where keys go that are pressed there."""
        return self._to(f"wait/{waiting_id}")

    def leg(self, call_id: str) -> str:
        """What SQL says about the customer's leg now: poke, Enqueue action and Dial action."""
        return self._to(f"leg/{call_id}")

    def agent(self) -> str:
        """Where agents' browsers call in."""
        return self._to("agent")

    def agent_left(self, participation_id: str) -> str:
        """An agent's leg left its room."""
        return self._to(f"agent-left/{participation_id}")

    def room(self, room: str) -> str:
        """A room's events; made of the room alone, so that every leg says the same."""
        return self._to(f"room/{room}")

    def status(self) -> str:
        """A leg's progress."""
        return self._to("status")

    def dialled(self, call_id: str) -> str:
        """The progress of a leg that we dialled for a call."""
        return self._to(f"dialled/{call_id}")

    def phone(self, ring_id: str) -> str:
        """What an ordinary phone that we rang hears, and where its keys go."""
        return self._to(f"phone/{ring_id}")

    def phone_told(self, ring_id: str) -> str:
        """The progress of an ordinary phone that we ring."""
        return self._to(f"phone-told/{ring_id}")

    def ringing(self, room: str) -> str:
        """What an agent hears alone in a room while somebody is called."""
        return self._to(f"ringing/{room}")

    def recording(self, kind: str) -> str:
        """A recording's progress; `kind` is call or voicemail."""
        return self._to(f"recording/{kind}")

    def hold(self, room: str) -> str:
        """What a customer on hold hears."""
        return self._to(f"hold/{room}")

    def goodbye(self) -> str:
        """The end, after a message that was left because something of ours failed."""
        return self._to("goodbye")

    def audio(self, name: str) -> str:
        """A sound of ours, fetched by GET and kept by Twilio."""
        return f"{self.base_url.rstrip('/')}/audio/{name}.wav{OVERRIDES}"

    def _to(self, path: str) -> str:
        address = f"{self.base_url.rstrip('/')}/voice/{path}{OVERRIDES}"
        if len(address) > MAX_LENGTH:
            raise LinkTooLong(f"an address of {len(address)} characters, more than {MAX_LENGTH}")
        return address
