"""What people may read of a request or an answer: indented, cut to a size, without secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from typing import Any
from xml.etree import ElementTree as ET

HIDDEN = "(hidden)"
LONGEST_TEXT = 20_000
SECRET_NAME = re.compile(
    r"secret|password|signature|authori[sz]ation|(^|auth_?|access_?)token$", re.IGNORECASE
)
SECRET_VALUE = re.compile(
    r"eyJ[\w-]+\.[\w-]+\.[\w-]+|(?<=://)[^/\s\"'<>@]+(?=@)"
)  # a JWT; user:password of a URL


class Veil:
    """Takes out what only the two ends of a wire should know: these secrets, and whatever looks like one."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def text(self, text: str) -> str:
        text = SECRET_VALUE.sub(HIDDEN, text)
        return self._known.sub(HIDDEN, text) if self._known is not None else text

    def fields(self, fields: Collection[tuple[str, str]]) -> list[tuple[str, str]]:
        return [
            (name, HIDDEN if SECRET_NAME.search(name) and value else self.text(value))
            for name, value in fields
        ]

    def data(self, data: Any) -> Any:
        """The same of JSON values."""
        match data:
            case dict():
                return {
                    name: HIDDEN if SECRET_NAME.search(name) and isinstance(value, str) else self.data(value)
                    for name, value in data.items()
                }
            case list():
                return [self.data(part) for part in data]
            case str():
                return self.text(data)
            case _:
                return data


def legible(body: bytes, content_type: str, veil: Veil) -> str:
    """A body as text: XML and JSON indented, sound and pictures only named, very long text cut."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind.startswith(("audio/", "image/", "video/")):
        return f"{kind}, {len(body):,} bytes"
    text = body.decode("utf-8", "replace")
    if kind.endswith("xml"):
        text = veil.text(_indented_xml(text))
    elif kind.endswith("json"):
        text = _indented_json(text, veil)
    else:
        text = veil.text(text)
    if len(text) > LONGEST_TEXT:
        return f"{text[:LONGEST_TEXT]}\n… cut here: {len(text):,} characters in all"
    return text


def verbs_of(body: bytes, content_type: str) -> str:
    """The verbs of a TwiML document in their order; empty when it is none."""
    if not content_type.partition(";")[0].strip().lower().endswith("xml"):
        return ""
    try:
        root = ET.fromstring(body)  # noqa: S314 expat bounds the growth of entities; the interpreter read it too
    except (ET.ParseError, LookupError, ValueError):
        return "not XML"
    return ", ".join(str(verb.tag) for verb in root) or "nothing"


def _indented_xml(text: str) -> str:
    parser = ET.XMLParser(target=ET.TreeBuilder(insert_comments=True))  # noqa: S314
    try:
        root = ET.fromstring(text, parser=parser)  # noqa: S314
    except (ET.ParseError, LookupError, ValueError):
        return text
    ET.indent(root)
    return ET.tostring(root, encoding="unicode")


def _indented_json(text: str, veil: Veil) -> str:
    try:
        return json.dumps(veil.data(json.loads(text)), indent=2, ensure_ascii=False)
    except ValueError:
        return veil.text(text)
