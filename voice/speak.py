"""The only writer of TwiML: a document is a row of verbs, and each verb is a function that returns its fragment.

    speak.document(speak.say("You are next.", "en-US"), speak.enqueue(queue, links.wait(wt), links.leg(ca)))

Verbs keep their fragments by their arguments, so what a flow says to every caller is written once per process.
Attribute defaults not named here are Twilio's own (reference of TwiML verbs); every address is absolute and POST.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import assert_never

from callflows.actions import (
    Action,
    AskKeys,
    Forward,
    HangUp,
    JoinQueue,
    Play,
    Request,
    RequestCallback,
    RingAgents,
    Say,
    SendText,
    TakePlace,
    TakeVoicemail,
)
from voice import xml
from voice.legible import speakable
from voice.links import Links
from voice.xml import Attributes, element
from voice.xml import Fragment as Fragment

# Twilio speaks 4,096 characters at once, Polly voices 3,000 (error 13521).
MAX_SPOKEN = 3000
RECORDING_EVENTS = "in-progress completed absent"
ROOM_EVENTS = "start end join leave mute hold modify"
STATUS_EVENTS = "initiated ringing answered completed"
CONTENT_TYPE = "text/xml; charset=utf-8"

TRACKS = {"caller": "inbound", "agent": "outbound"}

NOTHING = Fragment(b"")
_OPEN, _CLOSE = xml.HEAD + b"<Response>", b"</Response>"
EMPTY = _OPEN + _CLOSE
"""The answer to a request whose answer nobody hears, such as a status callback."""


def document(*verbs: Fragment) -> bytes:
    """The verbs, in order, as a whole document; Twilio hangs up at its end."""
    return _OPEN + b"".join(verbs) + _CLOSE


@lru_cache(maxsize=4096)
def say(text: str, language: str | None = None, voice: str | None = None) -> Fragment:
    """Speak a text; without a voice the account's usual one for the language speaks."""
    words = xml.text(speakable(text), MAX_SPOKEN)
    return element("Say", {"language": language, "voice": voice}, words) if words else NOTHING


@lru_cache(maxsize=1024)
def play(url: str) -> Fragment:
    """Play a sound."""
    return element("Play", {}, xml.text(url, 2048))


@lru_cache(maxsize=64)
def pause(seconds: int) -> Fragment:
    """Silence."""
    return element("Pause", {"length": seconds})


def redirect(url: str) -> Fragment:
    """Go on with another document; nothing after it is reached."""
    return element("Redirect", {}, xml.text(url, 2048))


def hang_up() -> Fragment:
    """End the leg."""
    return Fragment(b"<Hangup/>")


def leave() -> Fragment:
    """Leave Twilio's queue; its action is requested at once."""
    return Fragment(b"<Leave/>")


def ask_keys(
    prompts: Sequence[Fragment],
    answer_url: str,
    *,
    max_keys: int = 1,
    wait_seconds: int = 5,
    finish_key: str = "#",
) -> Fragment:
    """Play the prompts and listen for keys, also while they play; silence is answered too."""
    opening = _open_gather(max_keys, wait_seconds, finish_key, hears_silence=True)
    return Fragment(b'%b%b">%b</Gather>' % (opening, _address(answer_url), b"".join(prompts)))


def interruptible(prompts: Sequence[Fragment], answer_url: str) -> Fragment:
    """Play the prompts; a single key goes to the address, silence goes on with the next verb after a second."""
    opening = _open_gather(1, 1, "", hears_silence=False)
    return Fragment(b'%b%b">%b</Gather>' % (opening, _address(answer_url), b"".join(prompts)))


def enqueue(queue: str, wait_url: str, action_url: str) -> Fragment:
    """Let the caller wait in Twilio's queue; `queue` is an opaque name of at most 64 characters."""
    return Fragment(
        b'<Enqueue action="%b" waitUrl="%b">%b</Enqueue>'
        % (_address(action_url), _address(wait_url), xml.text(queue, 64))
    )


def join_as_customer(
    room: str,
    links: Links,
    *,
    call_id: str,
    record: bool = True,
    side: str = "",
    ends_room: bool = True,
    region: str | None = None,
) -> Fragment:
    """Bring the customer into the room, recorded on this leg: channel 1 the customer, channel 2 what they hear."""
    dial: Attributes = {"action": links.leg(call_id), **_recorded(links, record, side)}
    return element("Dial", dial, _room(room, links.room(room), ends_room=ends_room, region=region))


def join_as_agent(
    room: str, links: Links, *, participation_id: str, region: str | None = None, is_first: bool = False
) -> Fragment:
    """Bring an agent into the room; an agent who leaves never ends it. Who is there first hears the ringing."""
    wait_url = links.ringing(room) if is_first else ""
    inside = _room(room, links.room(room), ends_room=False, region=region, wait_url=wait_url)
    return element("Dial", {"action": links.agent_left(participation_id)}, inside)


def join_silently(room: str, links: Links, *, leg_id: str, region: str | None = None) -> Fragment:
    """Bring a supervisor into the room: heard by nobody until the carrier is told by whom, and never ending it."""
    inside = _room(room, links.room(room), ends_room=False, region=region, muted=True)
    return element("Dial", {"action": links.agent_left(leg_id)}, inside)


def take_message(
    links: Links, answer_url: str, *, max_seconds: int = 180, silence_seconds: int = 5, finish_key: str = "#"
) -> Fragment:
    """Record a voicemail after the beep, until a key, a silence or the limit."""
    attributes: Attributes = {
        "action": answer_url,
        "maxLength": max_seconds,
        "timeout": silence_seconds,
        "finishOnKey": finish_key,
        "playBeep": True,
        "recordingStatusCallback": links.recording("voicemail"),
        "recordingStatusCallbackEvent": RECORDING_EVENTS,
    }
    return element("Record", attributes)


def forward(
    number: str,
    links: Links,
    answer_url: str,
    *,
    ring_seconds: int = 25,
    record: bool = True,
    side: str = "",
    caller_id: str | None = None,
    max_seconds: int | None = None,
) -> Fragment:
    """Ring another number (E.164) and join the caller to it; without `caller_id` it sees the caller's number."""
    dial: Attributes = {
        "action": answer_url,
        "timeout": ring_seconds,
        "answerOnBridge": True,
        "callerId": caller_id,
        "timeLimit": max_seconds,
        **_recorded(links, record, side),
    }
    called: Attributes = {"statusCallback": links.status(), "statusCallbackEvent": STATUS_EVENTS}
    return element("Dial", dial, element("Number", called, xml.text(number, 64)))


def waiting_room(music_url: str, *, words: Fragment = NOTHING, keys_url: str | None = None) -> bytes:
    """One piece of waiting, at most 20 s: words if there are any, then music; with exit keys both can be interrupted."""
    sounds = [words, play(music_url)]
    return document(interruptible(sounds, keys_url) if keys_url else Fragment(b"".join(sounds)))


def hold(music_urls: Sequence[str], again_url: str, *, words: Fragment = NOTHING) -> bytes:
    """What a customer on hold hears: words once, then music that starts over for as long as the hold lasts."""
    return document(words, *(play(url) for url in music_urls), redirect(again_url))


def ringing(tone_url: str, again_url: str) -> bytes:
    """The tone of a phone that rings elsewhere, over and over."""
    return document(play(tone_url), redirect(again_url))


def retry_later(url: str, *, words: Fragment = Fragment(b""), seconds: int = 3) -> bytes:  # noqa: B008
    """While SQL is away: keep the caller, ask again soon."""
    return document(words, pause(seconds), redirect(url))


def say_and_hang_up(text: str, language: str | None = None, voice: str | None = None) -> bytes:
    """A last sentence."""
    return document(say(text, language, voice), hang_up())


def apology(
    text: str, links: Links, answer_url: str, language: str | None = None, voice: str | None = None
) -> bytes:
    """When something of ours failed: say so, and let the caller leave a message."""
    return document(say(text, language, voice), take_message(links, answer_url), hang_up())


def actions(
    turn: Iterable[Action],
    links: Links,
    answer_url: str,
    *,
    sound_url: Callable[[str], str],
    join: Callable[[TakePlace], Fragment] | None = None,
) -> tuple[Fragment, ...]:
    """What a flow wants said and done, as verbs; whatever waits for the caller is answered at `answer_url`.

    `sound_url` gives the address of a flow's sound file; `join` writes the verb for a caller who joins a queue, which
    only the waiting room can.
    """
    return tuple(_verb(action, links, answer_url, sound_url, join) for action in turn)


def _verb(
    action: Action,
    links: Links,
    answer_url: str,
    sound_url: Callable[[str], str],
    join: Callable[[TakePlace], Fragment] | None,
) -> Fragment:
    match action:
        case Say(text, language, voice):
            return say(text, language, voice)
        case Play(audio):
            return play(sound_url(audio))
        case AskKeys(prompts, max_keys, wait_seconds, finish_key):
            spoken = [_verb(prompt, links, answer_url, sound_url, None) for prompt in prompts]
            return ask_keys(
                spoken, answer_url, max_keys=max_keys, wait_seconds=wait_seconds, finish_key=finish_key
            )
        case JoinQueue(name) | RingAgents(name):
            if join is None:
                raise ValueError(f"nobody lets callers join a queue here: {name}")
            return join(action)
        case TakeVoicemail(max_seconds, silence_seconds):
            taken = take_message(links, answer_url, max_seconds=max_seconds, silence_seconds=silence_seconds)
            return Fragment(taken + redirect(answer_url))  # of a message without a sound Twilio tells nothing
        case Forward(number, ring_seconds, record, side):
            return forward(number, links, answer_url, ring_seconds=ring_seconds, record=record, side=side)
        case SendText() | RequestCallback():
            return NOTHING
        case Request():
            return redirect(answer_url)
        case HangUp():
            return hang_up()
        case _:
            assert_never(action)


@lru_cache(maxsize=256)
def _open_gather(max_keys: int, wait_seconds: int, finish_key: str, *, hears_silence: bool) -> bytes:
    """A Gather as far as the value of its action."""
    listening: Attributes = {
        "input": "dtmf",
        "numDigits": max_keys,
        "timeout": wait_seconds,
        "finishOnKey": finish_key,
        "actionOnEmptyResult": hears_silence or None,
    }
    return element("Gather", listening).removesuffix(b"/>") + b' action="'


def _room(
    room: str,
    events_url: str,
    *,
    ends_room: bool,
    region: str | None,
    wait_url: str = "",
    muted: bool = False,
) -> Fragment:
    """Identical on every leg, because Twilio obeys the first participant, but for what is each leg's own:

    endConferenceOnExit, what one hears while alone, and whether one is heard.
    """
    attributes: Attributes = {
        "beep": False,
        "startConferenceOnEnter": True,
        "endConferenceOnExit": ends_room,
        "waitUrl": wait_url,
        "muted": muted or None,
        "region": region,
        "statusCallback": events_url,
        "statusCallbackEvent": ROOM_EVENTS,
    }
    return element("Conference", attributes, xml.text(room, 128))


def _recorded(links: Links, record: bool, side: str) -> Attributes:
    """The attributes of a Dial that record both sides, each in a channel of its own, or one: then there is one channel.

    recordingTrack: inbound is what Twilio receives on this leg, outbound what it sends
    (https://www.twilio.com/docs/voice/twiml/dial#recordingtrack).
    """
    if not record:
        return {}
    return {
        "record": "record-from-answer" if side else "record-from-answer-dual",
        "recordingTrack": TRACKS.get(side),
        "recordingStatusCallback": links.recording("call"),
        "recordingStatusCallbackEvent": RECORDING_EVENTS,
    }


def _address(url: str) -> bytes:
    return xml.attribute(url)
