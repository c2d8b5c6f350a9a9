"""Durations, states and endings as pages say them."""

from datetime import UTC, datetime

from flask import Flask

from voice.phones import show_number

ENDED_AS = {
    "answered": "Answered",
    "missed": "Missed",
    "abandoned": "Hung up while waiting",
    "voicemail": "Voicemail",
    "callback_requested": "Callback requested",
    "forwarded": "Forwarded",
    "completed_in_flow": "Ended in the flow",
    "busy": "Busy",
    "no_answer": "No answer",
    "rejected": "Rejected",
    "cancelled": "Cancelled",
    "failed": "Failed",
}


# By marks in what browsers call themselves; the first that is found, for many also name others.
BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}

# How a link or a form of ours changes the page (htmx 4, hx-boost): <main> alone, and the reader's place is ours to keep.
SWAP_MAIN = 'target:#main select:#main swap:"outerHTML show:none"'


def add_filters(app: Flask) -> None:
    """What templates may use."""
    app.jinja_env.globals["swap_main"] = SWAP_MAIN
    app.jinja_env.filters.update(
        browser=browser, duration=duration, ending=ending, iso=iso, readable=readable, shown=show_number
    )


def duration(seconds: float | None) -> str:
    """125 as 2:05, 3,725 as 1:02:05; nothing as a dash."""
    if seconds is None:
        return "–"
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def ending(ended_as: str | None) -> str:
    """How a call ended, in words."""
    return ENDED_AS.get(ended_as or "", "In progress" if ended_as is None else readable(ended_as))


def iso(at: float | None) -> str:
    """A moment for <time datetime>; the page shows it in the reader's zone."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds") if at is not None else ""


def browser(agent: str) -> str:
    """A browser's own long name as people know it; only a hint, browsers say what they like."""
    name = next((known for mark, known in BROWSERS.items() if mark in agent), "Another program")
    system = next((known for mark, known in SYSTEMS.items() if mark in agent), "")
    return f"{name} on {system}" if system else name


def readable(name: str | None) -> str:
    """order_status as order status."""
    return (name or "").replace("_", " ")
