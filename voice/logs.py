"""Logs: one line for one fact, the call first, as JSON for machines; no whole telephone numbers and no secrets.

Whatever is logged goes through `veil`, be it ours or a library's: numbers keep what recognises them, everything that
opens a door is left out. It works on values, so a number inside an error's text is veiled too.
"""

import logging
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from voice.phones import mask

HIDDEN = "•••"
FIRST = ("call", "event")  # then the rest, as it came
QUIET = ("twilio", "urllib3", "rq", "werkzeug", "alembic")  # they tell whole requests at INFO

SECRET_NAME = re.compile(r"(?i)(token|secret|password|authorization|cookie|csrf|sealing_keys|digits)")
NUMBER = re.compile(r"(?:\+|%2B)\d(?:[ ().-]{0,2}\d){6,14}")
VEILS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (NUMBER, lambda found: mask("+" + re.sub(r"\D", "", found[0].removeprefix("%2B")))),
    (re.compile(r"(?i)\b(basic|bearer)\s+[\w+/=.~-]{8,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), HIDDEN),  # access tokens
    (
        re.compile(r"(?i)\b(\w*(?:token|secret|password)\w*[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,}]{4,}"),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(://[^/\s:@]+:)[^/\s@]+@"), rf"\1{HIDDEN}@"),  # addresses with a password
    (re.compile(r"(/media/)[\w.~-]+"), rf"\1{HIDDEN}"),  # signed links to recordings
    (
        re.compile(r"(?<![\w])[A-Za-z0-9]{32}(?![\w])"),
        HIDDEN,
    ),  # Twilio's tokens and key secrets; sids have 34
)


def veil(text: str, known: tuple[str, ...] = ()) -> str:
    """A text without numbers that can be dialled and without anything that opens a door."""
    for secret in known:
        text = text.replace(secret, HIDDEN)
    for pattern, instead in VEILS:
        text = pattern.sub(instead, text)
    return text


def set_up_logs(form: str, known_secrets: tuple[str, ...] = (), stream: TextIO | None = None) -> None:
    """Ours and the libraries' logs by one way to standard error: JSON for machines, text for a terminal."""
    stream = stream or sys.stderr
    known = tuple(secret for secret in known_secrets if len(secret) >= 8)
    shared: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _veiler(known),
        _call_first,
    ]
    last: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False, sort_keys=False)
    )
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for noisy in QUIET:
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _veiler(known: tuple[str, ...]) -> Processor:
    def veiled(_logger: WrappedLogger, _method: str, told: EventDict) -> EventDict:
        return {name: _value(name, value, known) for name, value in told.items()}

    return veiled


def _value(name: str, value: Any, known: tuple[str, ...]) -> Any:
    if name.startswith("_"):  # structlog's own
        return value
    if SECRET_NAME.search(name):
        return HIDDEN
    match value:
        case bool() | int() | float() | None:
            return value
        case Mapping():
            return {str(inner): _value(str(inner), one, known) for inner, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_value("", one, known) for one in value]
        case _:
            return veil(str(value), known)


def _call_first(_logger: WrappedLogger, _method: str, told: EventDict) -> EventDict:
    return {name: told[name] for name in FIRST if name in told} | dict(told)
