"""The one place that makes XML legal: what cannot stand in a document is dropped, what would be markup is escaped.

Legal characters are those of XML 1.0, section 2.2. Carriage returns become blanks, because a parser would turn them
into line ends anyway. Caps count characters before escaping.
"""

import re
from collections.abc import Mapping
from typing import NewType

Fragment = NewType("Fragment", bytes)
"""A well-formed piece of a document; only this module and speak.py make any."""

Attributes = Mapping[str, str | int | bool | None]

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(value: str) -> str:
    """The text without the characters that no XML document may carry."""
    return value if value.isprintable() else _ILLEGAL.sub("", value)


def text(value: str, cap: int) -> bytes:
    """The text between two tags."""
    return _escaped(value[:cap]).encode()


def attribute(value: str, cap: int = 2048) -> bytes:
    """The text between an attribute's double quotes."""
    return _escaped(value[:cap]).replace('"', "&quot;").replace("\n", " ").replace("\t", " ").encode()


def element(name: str, attributes: Attributes, content: bytes = b"") -> Fragment:
    """One element; attributes that are None are left out, content must be escaped already."""
    opening = b"".join(
        [b"<", name.encode(), *(_written(*pair) for pair in attributes.items() if pair[1] is not None)]
    )
    if not content:
        return Fragment(opening + b"/>")
    return Fragment(b"%b>%b</%b>" % (opening, content, name.encode()))


def _written(name: str, value: str | int | bool | None) -> bytes:
    words = ("true" if value else "false") if isinstance(value, bool) else str(value)
    return b' %b="%b"' % (name.encode(), attribute(words))


def _escaped(value: str) -> str:
    return legal(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", " ")
