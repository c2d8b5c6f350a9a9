"""From an answer of the web server to a document that can be run, or to the error Twilio reports."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from simulator.http import HttpReply
from simulator.twiml.grammar import SPEECH_MARKUP, Fault, fault_of

LARGEST_DOCUMENT_BYTES = 64 * 1024
TWIML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})
AUDIO_TYPES = frozenset(
    [
        "audio/mpeg",
        "audio/wav",
        "audio/wave",
        "audio/x-wav",
        "audio/aiff",
        "audio/x-aifc",
        "audio/x-aiff",
        "audio/x-gsm",
        "audio/gsm",
        "audio/ulaw",
    ]
)


class DocumentFailed(Exception):
    """The document cannot be run; code is Twilio's."""

    def __init__(self, code: int, message: str, url: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.url = url


@dataclass(frozen=True)
class Document:
    """The verbs of one document, the URL they were found at, and schema warnings for the debugger."""

    url: str
    verbs: tuple[ET.Element, ...]
    warnings: tuple[Fault, ...] = ()
    audio: HttpReply | None = None


def read_reply(reply: HttpReply, url: str) -> Document:
    """What the answer means by its Content-Type (twilio.com/docs/voice/twiml)."""
    if len(reply.body) > LARGEST_DOCUMENT_BYTES and not _is_audio(reply):
        raise DocumentFailed(11750, f"the document has {len(reply.body)} bytes, more than 64 kB", url)
    if not reply.body and reply.header("Transfer-Encoding").lower() == "chunked":
        raise DocumentFailed(11770, "the answer is chunked and empty", url)
    kind = reply.header("Content-Type").split(";", 1)[0].strip().lower()
    if kind in TWIML_TYPES:
        return read_twiml(reply.body, url)
    if kind in AUDIO_TYPES:
        return Document(url, (), (), audio=reply)
    if kind == "text/plain":
        return _read_plain(reply.body, url)
    raise DocumentFailed(12300, f"Content-Type {kind or '(none)'} is not TwiML, text or sound", url)


def read_twiml(body: bytes, url: str) -> Document:
    if not body.strip():
        raise DocumentFailed(12100, "the document is empty", url)
    try:
        root = ET.fromstring(body)  # noqa: S314 - expat refuses entity bombs; the document is at most 64 kB
    except ET.ParseError as error:
        raise DocumentFailed(12100, f"not well-formed XML: {error}", url) from None
    if root.tag != "Response":
        raise DocumentFailed(12102, f"the root element is <{root.tag}>, not <Response>", url)
    warnings: list[Fault] = []
    _clean(root, warnings)
    return Document(url, tuple(root), tuple(warnings))


def _read_plain(body: bytes, url: str) -> Document:
    """Text is TwiML when it reads as such, else it is spoken."""
    try:
        return read_twiml(body, url)
    except DocumentFailed:
        say = ET.Element("Say")
        say.text = body.decode("utf-8", "replace")
        return Document(url, (say, ET.Element("Hangup")))


def _is_audio(reply: HttpReply) -> bool:
    return reply.header("Content-Type").lower().startswith("audio/")


def _clean(parent: ET.Element, warnings: list[Fault]) -> None:
    """Drops what the grammar does not know, with a warning each (12200: the verb is skipped)."""
    for child in list(parent):
        fault, unknown = fault_of(str(child.tag), str(parent.tag), list(child.attrib))
        if fault is not None:
            warnings.append(fault)
            _drop(parent, child)
            continue
        for name in unknown:
            warnings.append(Fault(12200, f"<{child.tag}> has no attribute {name!r}"))
            del child.attrib[name]
        _clean(child, warnings)


def _drop(parent: ET.Element, child: ET.Element) -> None:
    """Takes the element out; in speech its words are still spoken."""
    spoken = parent.tag == "Say" or parent.tag in SPEECH_MARKUP
    words = ("".join(child.itertext()) if spoken else "") + (child.tail or "")
    place = list(parent).index(child)
    parent.remove(child)
    if place:
        before = parent[place - 1]
        before.tail = (before.tail or "") + words
    else:
        parent.text = (parent.text or "") + words
