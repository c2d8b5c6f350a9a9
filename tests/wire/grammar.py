"""TwiML's grammar, taken from the official SDK's classes: which attributes an element has and what may stand in it.

A class of the SDK has one method per child element; the method's arguments are the child's attributes, but for those
that the child's own constructor names: they are its text.
"""

import inspect
from functools import cache
from xml.etree import ElementTree

from twilio.twiml import TwiML, lower_camel, voice_response

_KINDS = {
    name: kind
    for name, kind in vars(voice_response).items()
    if inspect.isclass(kind) and issubclass(kind, TwiML) and kind is not TwiML
}


def faults(document: bytes) -> list[str]:
    """What Twilio would complain about; raises if the document is not even well-formed (expat)."""
    root = ElementTree.fromstring(document)
    return _faults_in(root, "VoiceResponse") if root.tag == "Response" else [f"the root is {root.tag}"]


def _faults_in(element: ElementTree.Element, kind: str) -> list[str]:
    found = []
    children = _children(kind)
    for child in element:
        attributes = children.get(child.tag)
        if attributes is None:
            found.append(f"{child.tag} may not stand in {element.tag}")
            continue
        found += [f"{child.tag} has no attribute {name}" for name in child.attrib if name not in attributes]
        found += _faults_in(child, child.tag)
    return found


@cache
def _children(kind: str) -> dict[str, set[str]]:
    """The elements that may stand in this one, with their attributes."""
    nested: dict[str, set[str]] = {}
    for name, method in inspect.getmembers(_KINDS[kind], inspect.isfunction):
        if name.startswith("_") or name not in vars(_KINDS[kind]):
            continue
        arguments = inspect.signature(method).parameters.keys() - {"self", "kwargs"}
        for child in set(method.__code__.co_names) & _KINDS.keys():
            texts = inspect.signature(_KINDS[child]).parameters.keys()
            nested[child] = {lower_camel(TwiML.MAP.get(word, word)) for word in arguments - texts}
    return nested
