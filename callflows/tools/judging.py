"""Whether a played call was as expected: for everything that was not, one sentence with what happened instead."""

from collections.abc import Iterator, Sequence

from callflows.actions import Forward, JoinQueue, RequestCallback, TakeVoicemail
from callflows.tools.rehearsal import Rehearsal
from callflows.tools.scenarios import Expect
from callflows.tools.transcript import spoken

SHOWN = 12


def judge(expect: Expect, call: Rehearsal) -> Iterator[tuple[str, str]]:
    """What was not as expected: the key of `expect`, and a sentence."""
    said = [text for action in call.actions() for text in spoken(action)]
    yield from _in_order("said", expect.said, said)
    for words in expect.not_said:
        if any(words in text for text in said):
            yield "not_said", f'"{words}" was heard'
    yield from _in_order("path", expect.path, path_of(call), exact=True)
    yield from _same("queue", expect.queue, _last_queue(call))
    yield from _same("callback", expect.callback, _last_callback(call))
    yield from _same("forwarded", expect.forwarded, _last_number(call))
    asked = any(isinstance(action, TakeVoicemail) for action in call.actions())
    yield from _same("message", expect.message, asked)
    facts = [str(note.kind) for stretch in call.stretches for note in stretch.turn.notes]
    yield from _in_order("facts", expect.facts, facts, exact=True)
    known = _remembered(call)
    for name, value in expect.remembers.items():
        yield from _same(f"remembers.{name}", str(value), known.get(name))
    yield from _same("step", expect.step, next(reversed(path_of(call)), None))
    yield from _same("over", expect.over, call.is_over)


def path_of(call: Rehearsal) -> list[str]:
    """Every step that the call came to."""
    return [name for stretch in call.stretches for name in stretch.turn.path]


def _in_order(
    key: str, wanted: Sequence[str], met: Sequence[str], exact: bool = False
) -> Iterator[tuple[str, str]]:
    at = 0
    for one in wanted:
        found = next(
            (index for index in range(at, len(met)) if (one == met[index] if exact else one in met[index])),
            None,
        )
        if found is None:
            rest = list(met[at:])
            shown = ", ".join(rest if exact else [f'"{text}"' for text in rest][-SHOWN:]) or "nothing more"
            missing = one if exact else f'"{one}"'
            yield key, f"{missing} did not come; there was {shown}"
            return
        at = found + 1 if exact else found


def _same(key: str, wanted: object, met: object) -> Iterator[tuple[str, str]]:
    if wanted is not None and wanted != met:
        yield key, f"expected {_plain(wanted)}, it was {_plain(met)}"


def _plain(value: object) -> str:
    if value is None:
        return "nothing"
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _last_queue(call: Rehearsal) -> str | None:
    return next((one.queue for one in reversed(call.actions()) if isinstance(one, JoinQueue)), None)


def _last_callback(call: Rehearsal) -> str | None:
    return next((one.queue for one in reversed(call.actions()) if isinstance(one, RequestCallback)), None)


def _last_number(call: Rehearsal) -> str | None:
    return next((one.number for one in reversed(call.actions()) if isinstance(one, Forward)), None)


def _remembered(call: Rehearsal) -> dict[str, str]:
    sessions = [stretch.turn.session for stretch in call.stretches if stretch.turn.session is not None]
    return dict(sessions[-1].variables) if sessions else {}
