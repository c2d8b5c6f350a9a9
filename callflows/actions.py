"""What the telephone does next; the last action of a turn waits for something or ends the call."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Say:
    """Speak words; `voice` None means the line's usual one for the language."""

    text: str
    language: str
    voice: str | None = None


@dataclass(frozen=True)
class Play:
    """Play a sound file, named by its path beside the flow file."""

    audio: str


Prompt = Say | Play


@dataclass(frozen=True)
class AskKeys:
    """Play the prompts and let the caller press keys, also while they play; silence counts as an answer.

    The keys of a `sensitive` question are a secret: nothing may show or keep them.
    """

    prompts: tuple[Prompt, ...]
    max_keys: int = 1
    wait_seconds: int = 6
    finish_key: str = ""
    sensitive: bool = False


@dataclass(frozen=True)
class Need:
    """From so many seconds of waiting on an agent needs these skills, each at least at its level; none: anybody will do."""

    after_seconds: int
    levels: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        skills = " and ".join(f"{skill} {level}" for skill, level in self.levels) or "anybody"
        return f"{skills} after {self.after_seconds} s," if self.after_seconds else f"{skills},"


@dataclass(frozen=True)
class JoinQueue:
    """Let the caller wait for an agent; `priority_minutes` is a head start on the others.

    `wait` names one of the flow's waits; without one the caller hears what everybody hears. Of a talk that is recorded
    `side` is the only side that is kept, caller or agent; both when it is empty. For `prefer_seconds` nobody is rung but the
    agent to whom the caller talked last. `join_if` says who must be there where the caller leaves when nobody is.
    """

    queue: str
    max_wait_seconds: int
    priority_minutes: int = 0
    exit_keys: tuple[str, ...] = ()
    leave_when_no_agents: bool = False
    record: bool = True
    wait: str = ""
    side: str = ""
    needs: tuple[Need, ...] = ()
    prefer_seconds: int = 0
    join_if: str = "signed_in"


@dataclass(frozen=True)
class RingAgents:
    """Ring the desks of one agent, or of a team all at once, without a queue; `whom` is the name of either."""

    whom: str
    ring_seconds: int = 25
    wrap_up_seconds: int = 30
    record: bool = True
    side: str = ""


TakePlace = JoinQueue | RingAgents


@dataclass(frozen=True)
class TakeVoicemail:
    """Record a message, until a key, so many seconds of silence, or the limit."""

    max_seconds: int = 180
    silence_seconds: int = 5


@dataclass(frozen=True)
class Forward:
    """Call another number and join the caller to whoever answers."""

    number: str
    ring_seconds: int = 25
    record: bool = True
    side: str = ""


@dataclass(frozen=True)
class Request:
    """Ask another system; the answer is an event. Address and body may hold what a caller entered in confidence.

    `save` are names of variables and the places of their values in the answer.
    """

    endpoint: str
    method: str
    url: str = field(repr=False)
    body: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    bearer: str = ""
    timeout_seconds: int = 4
    save: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class RequestCallback:
    """Promise to call a number back for a queue; the caller keeps the place. Whether that is possible is known at once.

    `number` is in E.164 or as it was entered on the telephone. `attempts` are tried, `retry_seconds` apart, the first not
    before `delay_seconds` from the end of this call.
    """

    queue: str
    number: str
    delay_seconds: int = 0
    attempts: int = 3
    retry_seconds: int = 1800
    record: bool = True
    side: str = ""
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True)
class SendText:
    """Send a text message; the call goes on meanwhile."""

    number: str
    text: str


@dataclass(frozen=True)
class HangUp:
    """End the call."""


Action = (
    Say
    | Play
    | SendText
    | AskKeys
    | JoinQueue
    | RingAgents
    | TakeVoicemail
    | Forward
    | Request
    | RequestCallback
    | HangUp
)
