"""Which elements stand where, with which attributes (the grammar that twilio-python's builders write)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Element:
    """An element's parents and attributes."""

    inside: frozenset[str]
    attributes: frozenset[str]


def _element(inside: str, attributes: str = "") -> Element:
    return Element(frozenset(inside.split()), frozenset(attributes.split()))


_CALLBACKS = "statusCallback statusCallbackMethod statusCallbackEvent"
_RECORDING = "recordingStatusCallback recordingStatusCallbackMethod recordingStatusCallbackEvent recordingConfigurationId"
_MACHINE = (
    "machineDetection amdStatusCallback amdStatusCallbackMethod machineDetectionTimeout "
    "machineDetectionSpeechThreshold machineDetectionSpeechEndThreshold machineDetectionSilenceTimeout"
)

ELEMENTS: dict[str, Element] = {
    "Say": _element("Response Gather Prompt", "voice loop language"),
    "Play": _element("Response Gather Prompt", "loop digits"),
    "Pause": _element("Response Gather Prompt", "length"),
    "Gather": _element(
        "Response",
        "input action method timeout speechTimeout maxSpeechTime profanityFilter finishOnKey numDigits "
        "partialResultCallback partialResultCallbackMethod language hints bargeIn debug actionOnEmptyResult "
        "speechModel enhanced",
    ),
    "Record": _element(
        "Response",
        f"action method timeout finishOnKey maxLength playBeep trim {_RECORDING} transcribe transcribeCallback",
    ),
    "Dial": _element(
        "Response",
        "action method timeout hangupOnStar timeLimit callerId record trim answerOnBridge ringTone recordingTrack "
        f"sequential referUrl referMethod events passports callReason {_RECORDING}",
    ),
    "Number": _element("Dial", f"sendDigits url method byoc {_CALLBACKS} {_MACHINE}"),
    "Client": _element("Dial", f"url method clientNotificationUrl {_CALLBACKS}"),
    "Identity": _element("Client"),
    "Conference": _element(
        "Dial",
        "muted beep startConferenceOnEnter endConferenceOnExit waitUrl waitMethod maxParticipants record region "
        "coach trim eventCallbackUrl jitterBufferSize participantLabel clientNotificationUrl "
        f"{_CALLBACKS} {_RECORDING}",
    ),
    "Queue": _element("Dial Response", "url method reservationSid postWorkActivitySid"),
    "Sip": _element("Dial Refer", f"username password url method {_CALLBACKS} {_MACHINE}"),
    "Sim": _element("Dial"),
    "WhatsApp": _element("Dial", f"url method {_CALLBACKS}"),
    "Application": _element("Dial", f"url method customerId copyParentTo {_CALLBACKS}"),
    "ApplicationSid": _element("Application"),
    "Uri": _element("Sip", "priority weight username password"),
    "Headers": _element("Sip"),
    "Header": _element("Headers", "name value"),
    "Enqueue": _element("Response", "action maxQueueSize method waitUrl waitUrlMethod workflowSid"),
    "Task": _element("Enqueue", "priority timeout"),
    "Leave": _element("Response"),
    "Redirect": _element("Response", "method"),
    "Reject": _element("Response", "reason"),
    "Hangup": _element("Response"),
    "Refer": _element("Response", "action method"),
    "Echo": _element("Response"),
    "Sms": _element("Response", "to from action method statusCallback"),
    "Connect": _element("Response", "action method"),
    "Start": _element("Response", "action method"),
    "Stop": _element("Response"),
    "Stream": _element(
        "Connect Start Stop",
        "name connectorName url track statusCallback statusCallbackMethod audioFormat sampleRate",
    ),
    "Siprec": _element("Start Stop", "name connectorName track statusCallback statusCallbackMethod"),
    "Recording": _element("Start", f"trim track channels {_RECORDING}"),
    "Transcription": _element(
        "Start Stop",
        "name track statusCallbackUrl statusCallbackMethod inboundTrackLabel outboundTrackLabel partialResults "
        "languageCode transcriptionEngine profanityFilter speechModel hints enableAutomaticPunctuation "
        "intelligenceService",
    ),
    "Config": _element("Transcription VirtualAgent", "name value"),
    "Parameter": _element(
        "Application Client ConversationRelay Hangup Pay Reject Siprec Stream Transcription VirtualAgent",
        "name value",
    ),
    "Pay": _element(
        "Response",
        "input action bankAccountType statusCallback statusCallbackMethod timeout maxAttempts securityCode "
        "postalCode minPostalCodeLength paymentConnector paymentMethod tokenType chargeAmount currency "
        "description validCardTypes language",
    ),
    "Prompt": _element("Pay Response", "for errorType cardType attempt requireMatchingInputs"),
}

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_SENTENCES = "Say lang p prosody"
_WORDS = "Say emphasis lang p prosody s w"

SPEECH_MARKUP: dict[str, Element] = {
    "break": _element(_WORDS, "strength time"),
    "emphasis": _element(_WORDS, "level"),
    "lang": _element("Say emphasis lang p prosody s", XML_LANG),
    "p": _element("Say lang prosody"),
    "phoneme": _element(_WORDS, "alphabet ph"),
    "prosody": _element(_WORDS, "volume rate pitch"),
    "s": _element(_SENTENCES),
    "say-as": _element(_WORDS, "interpret-as format"),
    "sub": _element(_WORDS, "alias"),
    "w": _element("Say emphasis lang p prosody s", "role"),
}
NESTING_CODES = {"Gather": 13320, "Dial": 13215}


@dataclass(frozen=True)
class Fault:
    """Why an element must be skipped, as code and sentence of Twilio's debugger."""

    code: int
    sentence: str


def fault_of(tag: str, parent: str, attributes: list[str]) -> tuple[Fault | None, list[str]]:
    """The fault for which the element is skipped (None: it may stand), and the attributes that are unknown."""
    speech = parent == "Say" or parent in SPEECH_MARKUP
    element = (SPEECH_MARKUP if speech else ELEMENTS).get(tag)
    if element is None:
        close = next((name for name in ELEMENTS if name.lower() == tag.lower() and not speech), None)
        hint = f"; did you mean <{close}>?" if close else ""
        what = "may not be nested in <Say>" if speech else f"is no TwiML element{hint}"
        return Fault(12200, f"<{tag}> {what}"), []
    if parent not in element.inside:
        return Fault(NESTING_CODES.get(parent, 12200), f"<{tag}> may not stand in <{parent}>"), []
    return None, [name for name in attributes if name not in element.attributes]
