"""What Twilio leaves unknown and the simulator had to decide: one registry, listed in docs/simulator.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Assumption:
    """A behaviour without a source: its name, the sentence, and where the simulator does it."""

    id: str
    sentence: str
    where: str


ASSUMED: tuple[Assumption, ...] = (
    Assumption("speech-pace", "Say speaks 15 characters a second, at least half a second.", "witness.py"),
    Assumption(
        "keys-not-kept",
        "Keys pressed while nothing gathers are lost, not kept for the next Gather.",
        "legs.py",
    ),
    Assumption(
        "speech-words",
        "A recogniser understands the scripted words; speech without a script (a real voice) is not understood.",
        "verbs/gather.py",
    ),
    Assumption("speech-auto", "speechTimeout auto ends after one second of silence.", "verbs/gather.py"),
    Assumption(
        "partial-results",
        "A partial result carries StableSpeechResult, Stability and SequenceNumber from 0.",
        "verbs/gather.py",
    ),
    Assumption(
        "transcription-delay",
        "A transcription is ready five seconds after its recording.",
        "transcriptions.py",
    ),
    Assumption(
        "unanswered-dial",
        "With answerOnBridge the call stays ringing until a child is bridged, also in the Dial action.",
        "verbs/dial_party.py",
    ),
    Assumption(
        "announcement-once",
        "An announcement to a whole room is told once, when the first has heard it.",
        "conferences.py",
    ),
    Assumption(
        "finished-on-key", "A Gather action carries FinishedOnKey when a key ended it.", "verbs/gather.py"
    ),
    Assumption(
        "record-nothing-said",
        "A Record in which nobody spoke falls through to the next verb.",
        "verbs/record.py",
    ),
    Assumption("record-sid", "A Record action carries RecordingSid.", "verbs/record.py"),
    Assumption("action-fallback", "A failing action URL goes to the call's fallback URL.", "interpreter.py"),
    Assumption(
        "reject-status", "A rejected call is no-answer, one rejected as busy is busy.", "verbs/flow.py"
    ),
    Assumption(
        "unanswered-hangup", "A caller who hangs up before the answer leaves no-answer.", "exchange.py"
    ),
    Assumption("trim", "RecordingDuration of a Record counts after the trimming.", "recordings.py"),
    Assumption(
        "play-missing",
        "A Play whose file cannot be fetched is a document failure: fallback or spoken error.",
        "verbs/play.py",
    ),
    Assumption("redirect-unanswered", "A Redirect as first verb does not answer the call.", "interpreter.py"),
    Assumption(
        "endless-documents",
        "After 50 documents without time passing a call waits a second before the next, with a warning.",
        "interpreter.py",
    ),
    Assumption("cookies-per-call", "Cookies are kept per call.", "webhooks.py"),
    Assumption(
        "redirect-get-params",
        "A followed 3xx that becomes a GET carries the standard parameters only.",
        "webhooks.py",
    ),
    Assumption("headers", "X-Home-Region: us1 and Cache-Control: max-age=259200 are sent.", "webhooks.py"),
    Assumption(
        "empty-wait",
        "An Enqueue wait document that takes no time is asked for again after one second.",
        "verbs/enqueue.py",
    ),
    Assumption(
        "wait-context",
        "Every document of the waiting room carries the queue's parameters.",
        "verbs/enqueue.py",
    ),
    Assumption(
        "redirected-action",
        "A REST redirect out of a queue asks the Enqueue action at once; its answer is not run.",
        "verbs/enqueue.py",
    ),
    Assumption(
        "dequeue-twice", "A second update of a member that has left is 404, code 20404.", "rest/queues.py"
    ),
    Assumption(
        "queue-names",
        "Queue names are unique per account; only an empty queue can be deleted.",
        "rest/queues.py",
    ),
    Assumption(
        "member-result",
        "A member updated through REST leaves the queue with QueueResult redirected.",
        "verbs/enqueue.py",
    ),
    Assumption(
        "conference-order",
        "participant-join comes before conference-start, participant-leave before conference-end.",
        "conferences.py",
    ),
    Assumption(
        "conference-sequence",
        "SequenceNumber of a conference begins at 1 and counts its requested events.",
        "conferences.py",
    ),
    Assumption(
        "conference-alone",
        "Who is alone after the conference has started hears silence, no wait music.",
        "conferences.py",
    ),
    Assumption(
        "coach-refused",
        "Coaching nobody by name, or a call that is not in the conference, is 400, code 16028.",
        "rest/participants.py",
    ),
    Assumption(
        "coach-alone",
        "A coach whose agent has left the conference, or is not in it yet, is heard by nobody and stays.",
        "room.py",
    ),
    Assumption(
        "conference-unstarted-end",
        "A conference that never started ends with conference-end all the same.",
        "conferences.py",
    ),
    Assumption(
        "kicked-goes-on",
        "A kicked participant goes on with the Dial action or the next verb.",
        "verbs/dial_conference.py",
    ),
    Assumption(
        "room-ended-goes-on",
        "When a conference ends, the legs in it go on with their Dial action or next verb.",
        "verbs/dial_conference.py",
    ),
    Assumption(
        "hold-once",
        "A hold document is run once, then silence, unless it ends with Redirect.",
        "conferences.py",
    ),
    Assumption(
        "dial-recording-start",
        "A Dial into a conference records from the moment the caller is in it.",
        "verbs/dial.py",
    ),
    Assumption("recording-delay", "A recording is ready two seconds after it ended.", "recordings.py"),
    Assumption("recording-rounding", "RecordingDuration is rounded to whole seconds.", "recordings.py"),
    Assumption(
        "recording-too-short", "A recording under a tenth of a second is absent (16101).", "recordings.py"
    ),
    Assumption(
        "number-status",
        "A number's StatusCallback has Duration, Timestamp, CallbackSource and SequenceNumber=0.",
        "exchange.py",
    ),
    Assumption(
        "app-status",
        "A TwiML application's StatusCallback is asked at the end of a client's call.",
        "exchange.py",
    ),
    Assumption(
        "empty-voice-url",
        "A call to a number without voice_url fails at once, without an alert.",
        "exchange.py",
    ),
    Assumption(
        "unknown-phone", "An ordinary number that nobody set up rings and is not answered.", "exchange.py"
    ),
    Assumption(
        "dial-queue-action",
        "The action of Dial Queue gets DialCallStatus, DialBridged, DialCallDuration and the fields of the Queue noun.",
        "verbs/dial_queue.py",
    ),
    Assumption(
        "queue-part",
        "When one of a queue's bridged parties goes, the other's documents go on; a redirected caller's action gets "
        "redirected-from-bridged.",
        "verbs/dial_queue.py",
    ),
    Assumption(
        "dial-bridged",
        "DialBridged is true for a conference joined and for an answered child.",
        "verbs/dial.py",
    ),
    Assumption(
        "redirect-parent",
        "Redirecting the parent of a Dial ends the child; redirecting the child frees the parent.",
        "verbs/dial_party.py",
    ),
    Assumption(
        "call-limit",
        "A call beyond the account's calls at once is busy for the caller, 429 and 10004 for REST.",
        "exchange.py",
    ),
    Assumption(
        "magic-numbers",
        "Test credentials answer magic numbers with the codes of Twilio's catalogue that fit best.",
        "rest/trial.py",
    ),
    Assumption(
        "rest-limit",
        "A REST request beyond an account's 100 at once is 429, code 20429, and not carried out.",
        "wire/front.py",
    ),
    Assumption(
        "inactive-account",
        "A call to a number of an account that is not active is busy, with 10003.",
        "exchange.py",
    ),
    Assumption(
        "own-number",
        "A call between own numbers is an outgoing leg and an incoming one, each the other's far end.",
        "trunk.py",
    ),
    Assumption("queue-life", "Queues live on when they are empty, until REST deletes them.", "queues.py"),
    Assumption(
        "queue-results", "QueueResult is never bridging-in-process or system-error.", "verbs/enqueue.py"
    ),
    Assumption(
        "sip-fields", "The legs of dialled SIP addresses carry no Sip fields of their own.", "params.py"
    ),
    Assumption("wav-format", "WAV files have 8 kHz, 16 bit and one or two channels.", "audio.py"),
    Assumption(
        "last-child",
        "When nobody of several answered, DialCallStatus and DialCallSid are those of the last noun.",
        "verbs/dial_party.py",
    ),
    Assumption(
        "call-token", "A CallToken names its call and allows From to be that caller.", "rest/calls.py"
    ),
    Assumption(
        "stir",
        "Calls from ordinary numbers arrive with TN-Validation-Passed-A, calls from own ones leave with A.",
        "params.py",
    ),
    Assumption("update-ended", "Updating an ended call is 400, code 21220, with this text.", "rest/calls.py"),
    Assumption(
        "message-steps",
        "A message is sent after half a second and delivered two seconds later; its callback tells both.",
        "messages.py",
    ),
    Assumption(
        "message-service",
        "A message of a messaging service comes from the account's first number.",
        "rest/messages.py",
    ),
    Assumption("media-range", "Media answers whole files; Range is not served.", "rest/media.py"),
    Assumption("vanish", "The leg of a vanished browser ends at once.", "handset.py"),
)
