"""The probes: what the called number's application answers, what a robot does at the other end, and what is seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from simulator.confirm.seen import Seen

HOLD = "<Pause length='40'/>"
ROOM = (
    "<Dial action='{base}/after'><Conference beep='false' waitUrl='' statusCallback='{base}/room' "
    "statusCallbackEvent='start end join leave announcement'>probe-{id}</Conference></Dial>"
)
IN_ROOM = "<Pause length='1'/><Dial><Conference beep='false' waitUrl=''>probe-{id}</Conference></Dial>" + HOLD


@dataclass(frozen=True)
class Probe:
    """pages are TwiML by path ("" is the number's VoiceUrl), caller the robot's TwiML; act is done after `act_after`
    seconds; sees puts the observation into words, expected is what the simulator makes of it."""

    id: str
    pages: Mapping[str, str]
    expected: str
    sees: Callable[[Seen], str]
    caller: str = HOLD
    seconds: float = 20.0
    act: Callable[[Seen], None] | None = None
    act_after: float = 8.0
    status_callback: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)


def yes(value: bool) -> str:
    return "yes" if value else "no"


def _queue_sid(seen: Seen) -> str:
    for queue in seen.rest("GET", "Queues.json", PageSize="1000").body["queues"]:
        if queue["friendly_name"].startswith("probe-") and queue["current_size"]:
            return str(queue["sid"])
    return "QU0"


def _room(seen: Seen) -> str:
    return str(seen.latest("Conferences.json", "conferences", Status="in-progress").get("sid", "CF0"))


def _dequeue(seen: Seen) -> None:
    path = f"Queues/{_queue_sid(seen)}/Members/{seen.call_sid}.json"
    seen.rest("POST", path, Url=seen.base + "/new")
    seen.notes["second"] = seen.rest("POST", path, Url=seen.base + "/new").short


def _redirect(seen: Seen) -> None:
    seen.rest("POST", f"Calls/{seen.call_sid}.json", Url=seen.base + "/new")


def _end(seen: Seen) -> None:
    seen.rest("POST", f"Calls/{seen.call_sid}.json", Status="completed")


def _end_room(seen: Seen) -> None:
    seen.rest("POST", f"Conferences/{_room(seen)}.json", Status="completed")


def _kick(seen: Seen) -> None:
    seen.rest("DELETE", f"Conferences/{_room(seen)}/Participants/{seen.call_sid}.json")


def _hold(seen: Seen) -> None:
    seen.rest(
        "POST",
        f"Conferences/{_room(seen)}/Participants/{seen.call_sid}.json",
        Hold="true",
        HoldUrl=seen.base + "/hold",
    )


def _announce(seen: Seen) -> None:
    seen.rest("POST", f"Conferences/{_room(seen)}.json", AnnounceUrl=seen.base + "/news")


def _update_ended(seen: Seen) -> None:
    _end(seen)
    seen.api.wait(3)
    reply = seen.rest("POST", f"Calls/{seen.call_sid}.json", Status="completed")
    seen.notes["reply"] = f"{reply.short} {reply.body.get('message', '')}"


def _name_twice(seen: Seen) -> None:
    first = seen.rest("POST", "Queues.json", FriendlyName="probe-twice")
    second = seen.rest("POST", "Queues.json", FriendlyName="probe-twice")
    full = seen.rest("DELETE", f"Queues/{_queue_sid(seen)}.json")
    seen.rest("DELETE", f"Queues/{first.body.get('sid', 'QU0')}.json")
    seen.notes["replies"] = f"same name {second.status // 100}xx, not empty {full.status // 100}xx"


def _events(seen: Seen) -> str:
    asked = sorted(seen.of("/room"), key=lambda one: int(one.form.get("SequenceNumber", "0")))
    names = [
        one.form["StatusCallbackEvent"].removeprefix("participant-").removeprefix("conference-")
        for one in asked
    ]
    return " ".join(names)


def _incoming_status(seen: Seen) -> str:
    for call in seen.rest("GET", "Calls.json", To=seen.to, PageSize="20").body["calls"]:
        if call["direction"] == "inbound":
            return str(call["status"])
    return "no call"


def _gap(seen: Seen, path: str) -> str:
    moments = [asked.at for asked in seen.of(path)]
    gaps = sorted(late - early for early, late in pairwise(moments))
    return f"about every {gaps[len(gaps) // 2]:.0f} s" if gaps else f"asked {len(moments)} times"


def _seconds_of_recording(seen: Seen) -> str:
    return str(seen.latest("Recordings.json", "recordings").get("duration"))


def _pace(seen: Seen) -> str:
    if not seen.was_asked("/next"):
        return "not asked"
    seconds = seen.of("/next")[0].at - seen.of("")[0].at
    return (
        "10 to 20 characters a second"
        if 150 / 20 <= seconds <= 150 / 10
        else f"{150 / seconds:.0f} characters a second"
    )


def _redirect_other(seen: Seen) -> None:
    """The robot is called away, through REST."""
    for call in seen.rest("GET", "Calls.json", To=seen.to, Status="in-progress").body["calls"]:
        if call["direction"] == "outbound-api":
            seen.rest("POST", f"Calls/{call['sid']}.json", Twiml=f"<Response>{HOLD}</Response>")


PROBES: tuple[Probe, ...] = (
    Probe("speech-pace", {"": f"<Say>{'All of us are busy at the moment. ' * 4}Thank you again</Say><Redirect>{{base}}/next</Redirect>", "/next": ""},
          "10 to 20 characters a second", _pace, seconds=25),
    Probe("keys-not-kept", {"": "<Say>One moment please, this sentence takes several seconds</Say><Gather timeout='3' action='{base}/keys'/><Redirect>{base}/none</Redirect>", "/keys": "", "/none": ""},
          "lost", lambda seen: "kept" if seen.was_asked("/keys") else "lost", caller="<Pause length='1'/><Play digits='5'/>" + HOLD),
    Probe("speech-auto", {"": "<Gather input='speech' speechTimeout='auto' speechModel='phone_call' action='{base}/said'/>", "/said": ""},
          "understood", lambda seen: "understood" if seen.field("/said", "SpeechResult") not in ("", "-", "not asked") else "not understood",
          caller="<Pause length='1'/><Say>where is my parcel</Say>" + HOLD),
    Probe("partial-results", {"": "<Gather input='speech' partialResultCallback='{base}/partial' action='{base}/said'/>", "/said": "", "/partial": ""},
          "SequenceNumber Stability StableSpeechResult UnstableSpeechResult", lambda seen: seen.beyond_standard("/partial"),
          caller="<Pause length='1'/><Say>where is my parcel</Say>" + HOLD),
    Probe("transcription-delay", {"": "<Record transcribeCallback='{base}/words' timeout='3' action='{base}/done'/>", "/done": "", "/words": ""},
          "later than the action", lambda seen: "later than the action" if seen.was_asked("/words") and seen.of("/words")[0].at > seen.of("/done")[0].at else "not later",
          caller="<Pause length='3'/><Say>please call me back as soon as you can, thank you very much indeed</Say>" + HOLD, seconds=60),
    Probe("unanswered-dial", {"": "<Dial answerOnBridge='true' timeout='5' action='{base}/after'><Client>nobody-is-here</Client></Dial>", "/after": ""},
          "ringing", lambda seen: seen.field("/after", "CallStatus"), seconds=25),
    Probe("announcement-once", {"": ROOM, "/after": "", "/room": "", "/news": "<Say>we close soon</Say>"},
          "once", lambda seen: {0: "never", 1: "once"}.get(_events(seen).count("announcement-end"), "more than once"), caller=IN_ROOM, act=_announce, seconds=25),
    Probe("finished-on-key", {"": "<Gather action='{base}/keys'/>", "/keys": ""},
          "#", lambda seen: seen.field("/keys", "FinishedOnKey"), caller="<Pause length='1'/><Play digits='12#'/>" + HOLD),
    Probe("record-nothing-said", {"": "<Record timeout='3' action='{base}/done' playBeep='false'/><Redirect>{base}/next</Redirect>", "/done": "", "/next": ""},
          "next verb", lambda seen: "next verb" if seen.was_asked("/next") else "action" if seen.was_asked("/done") else "neither"),
    Probe("record-sid", {"": "<Record timeout='3' action='{base}/done'/>", "/done": ""},
          "yes", lambda seen: yes(seen.field("/done", "RecordingSid").startswith("RE")), caller="<Pause length='2'/><Say>hello shop</Say>" + HOLD),
    Probe("action-fallback", {"": "<Gather numDigits='1' action='{base}/missing'/>", "/fallback": ""},
          "yes", lambda seen: yes(seen.was_asked("/fallback")), caller="<Pause length='1'/><Play digits='1'/>" + HOLD),
    Probe("reject-status", {"": "<Reject/>"}, "no-answer", _incoming_status, seconds=8),
    Probe("trim", {"": "<Record timeout='4' action='{base}/done' playBeep='false'/>", "/done": ""},
          "after the trimming", lambda seen: "after the trimming" if seen.field("/done", "RecordingDuration") in ("1", "2", "3", "4") else f"{seen.field('/done', 'RecordingDuration')} s",
          caller="<Pause length='3'/><Say>please call me back today</Say>" + HOLD),
    Probe("play-missing", {"": "<Play>{base}/missing.wav</Play><Redirect>{base}/next</Redirect>", "/next": "", "/fallback": ""},
          "fallback", lambda seen: "fallback" if seen.was_asked("/fallback") else "next verb" if seen.was_asked("/next") else "neither"),
    Probe("redirect-unanswered", {"": "<Redirect>{base}/second</Redirect>", "/second": "<Say>hello</Say>"},
          "ringing", lambda seen: seen.field("/second", "CallStatus"), seconds=8),
    Probe("redirect-get-params", {"": "<Gather numDigits='1' action='{base}/moved'/>", "/moved": "302 {base}/target", "/target": ""},
          "no Digits", lambda seen: "not asked" if not seen.was_asked("/target") else "Digits" if "Digits" in seen.of("/target")[0].form else "no Digits",
          caller="<Pause length='1'/><Play digits='1'/>" + HOLD),
    Probe("headers", {"": "<Pause/>"}, "us1, max-age=259200",
          lambda seen: ", ".join(seen.of("")[0].headers.get(name, "-") for name in ("X-Home-Region", "Cache-Control")) if seen.was_asked("") else "not asked", seconds=5),
    Probe("empty-wait", {"": "<Enqueue waitUrl='{base}/wait'>probe-{id}</Enqueue>", "/wait": ""},
          "about every 1 s", lambda seen: _gap(seen, "/wait"), seconds=12),
    Probe("wait-context", {"": "<Enqueue waitUrl='{base}/wait'>probe-{id}</Enqueue>", "/wait": "<Redirect>{base}/more</Redirect>", "/more": HOLD},
          "1", lambda seen: seen.field("/more", "QueuePosition"), seconds=8),
    Probe("redirected-action", {"": "<Enqueue waitUrl='{base}/wait' action='{base}/after'>probe-{id}</Enqueue>", "/wait": HOLD, "/after": "<Redirect>{base}/ran</Redirect>", "/ran": "", "/new": HOLD},
          "asked, not run", lambda seen: "not asked" if not seen.was_asked("/after") else "asked and run" if seen.was_asked("/ran") else "asked, not run", act=_redirect),
    Probe("dequeue-twice", {"": "<Enqueue waitUrl='{base}/wait'>probe-{id}</Enqueue>", "/wait": HOLD, "/new": HOLD},
          "404/20404", lambda seen: seen.notes.get("second", "not tried"), act=_dequeue),
    Probe("queue-names", {"": "<Enqueue waitUrl='{base}/wait'>probe-{id}</Enqueue>", "/wait": HOLD},
          "same name 4xx, not empty 4xx", lambda seen: seen.notes.get("replies", "not tried"), act=_name_twice),
    Probe("member-result", {"": "<Enqueue waitUrl='{base}/wait' action='{base}/after'>probe-{id}</Enqueue>", "/wait": HOLD, "/after": "", "/new": HOLD},
          "redirected", lambda seen: seen.field("/after", "QueueResult"), act=_dequeue),
    Probe("conference-order", {"": ROOM, "/after": "", "/room": ""},
          "join join start leave leave end", _events, caller=IN_ROOM, act=_end_room),
    Probe("conference-sequence", {"": ROOM, "/after": "", "/room": ""},
          "1", lambda seen: min((one.form["SequenceNumber"] for one in seen.of("/room")), key=int, default="not asked"), caller=IN_ROOM, act=_end_room),
    Probe("conference-unstarted-end", {"": ROOM, "/after": "", "/room": ""}, "join leave end", _events, act=_end),
    Probe("kicked-goes-on", {"": ROOM, "/room": "", "/after": "<Redirect>{base}/ran</Redirect>", "/ran": ""},
          "yes", lambda seen: yes(seen.was_asked("/ran")), caller=IN_ROOM, act=_kick),
    Probe("room-ended-goes-on", {"": ROOM, "/room": "", "/after": "<Redirect>{base}/ran</Redirect>", "/ran": ""},
          "yes", lambda seen: yes(seen.was_asked("/ran")), caller=IN_ROOM, act=_end_room),
    Probe("hold-once", {"": ROOM, "/room": "", "/after": "", "/hold": "<Say>please hold</Say>"},
          "once", lambda seen: "once" if len(seen.of("/hold")) == 1 else f"{len(seen.of('/hold'))} times", caller=IN_ROOM, act=_hold, seconds=25),
    Probe("dial-recording-start", {"": ROOM.replace("<Dial ", "<Dial record='record-from-answer-dual' "), "/room": "", "/after": ""},
          "from the moment the caller is in it", lambda seen: "from the moment the caller is in it" if _seconds_of_recording(seen) in ("11", "12", "13") else f"{_seconds_of_recording(seen)} s",
          caller="<Pause length='6'/>" + IN_ROOM, act=_end_room, act_after=12, seconds=30),
    Probe("recording-delay", {"": "<Record timeout='3' action='{base}/done' recordingStatusCallback='{base}/ready'/>", "/done": HOLD, "/ready": ""},
          "within 10 s", lambda seen: "not asked" if not seen.was_asked("/ready") else "within 10 s" if seen.of("/ready")[0].at - seen.of("/done")[0].at < 10 else "later",
          caller="<Pause length='2'/><Say>hello shop</Say>" + HOLD, seconds=30),
    Probe("number-status", {"": "<Say>bye</Say>", "/status": ""},
          "CallDuration CallbackSource Duration SequenceNumber Timestamp", lambda seen: seen.beyond_standard("/status"), status_callback=True, seconds=12),
    Probe("dial-queue-action", {"": "<Say>one moment</Say><Pause length='3'/><Dial action='{base}/done'><Queue>probe-{id}</Queue></Dial>", "/done": ""},
          "DequeingCallSid DialBridged DialCallDuration DialCallSid DialCallStatus QueueSid QueueTime", lambda seen: seen.beyond_standard("/done"),
          caller="<Pause length='1'/><Enqueue waitUrl=''>probe-{id}</Enqueue>",
          act=_redirect_other),
    Probe("dial-bridged", {"": ROOM, "/room": "", "/after": ""}, "true", lambda seen: seen.field("/after", "DialBridged"), caller=IN_ROOM, act=_end_room),
    Probe("last-child", {"": "<Dial timeout='5' action='{base}/after'><Client>nobody-is-here</Client><Number>+15005550001</Number></Dial>", "/after": ""},
          "no-answer", lambda seen: seen.field("/after", "DialCallStatus"), seconds=25),
    Probe("update-ended", {"": HOLD}, "400/21220 Call is not in-progress. Cannot redirect.", lambda seen: seen.notes.get("reply", "not tried"), act=_update_ended),
    Probe("own-number", {"": "<Gather numDigits='1' action='{base}/keys'/>", "/keys": ""}, "7", lambda seen: seen.field("/keys", "Digits"),
          caller="<Pause length='1'/><Play digits='7'/>" + HOLD),
)  # fmt: skip


BY_HAND: Mapping[str, str] = {
    "speech-words": "speak into a Gather for speech with --sound, and read SpeechResult",
    "endless-documents": "answer `<Redirect/>` again and again, and count the requests a second until Twilio stops",
    "cookies-per-call": "set a cookie in one call and look for it in the next",
    "conference-alone": "let one of two participants hang up and listen",
    "coach-refused": "update a participant with Coaching=true alone, then with a CallSidToCoach of another call",
    "coach-alone": "let the agent whom a third participant coaches hang up, and listen at the caller's end",
    "recording-rounding": "record 2.6 seconds and read RecordingDuration",
    "recording-too-short": "record and hang up at once, with recordingStatusCallbackEvent absent",
    "app-status": "give a TwiML application a StatusCallback and hang up a browser's call",
    "empty-voice-url": "empty a number's VoiceUrl and call it",
    "unknown-phone": "nothing to confirm: the simulator has to let strangers' phones do something",
    "unanswered-hangup": "call a number that answers `<Pause length='20'/>`, hang up while it rings, and read the call's status",
    "queue-part": "redirect one of two parties that a Dial Queue has connected, and read both actions",
    "redirect-parent": "redirect the parent of a Dial, then the child of another, and listen at the other end",
    "message-steps": "send a message with a StatusCallback and read the times",
    "message-service": "send by a messaging service and read from",
    "call-limit": "hold as many calls as the account may have, and place one more",
    "magic-numbers": "use the test credentials with each number of simulator/rest/trial.py",
    "rest-limit": "send more and more requests at once until one is 429",
    "inactive-account": "suspend a sub-account and call its number",
    "queue-life": "leave a queue empty for a week and list the queues",
    "queue-results": "hang up at the moment of Enqueue, many times, and read QueueResult",
    "sip-fields": "dial a SIP address with a url and a statusCallback, and read their fields",
    "wav-format": "download a recording and look at its header",
    "call-token": "place a call with the CallToken of a caller, and one with the token of another",
    "stir": "read StirVerstat of callers and StirStatus of calls you place",
    "media-range": "ask for a recording with Range: bytes=0-99",
    "vanish": "kill a browser in a call and read the time until its status callback",
}
