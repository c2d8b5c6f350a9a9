"""A flow in the terminal: it speaks, somebody types what the caller does, and the call can be kept as a test."""

from collections.abc import Callable, Iterable

from callflows.faults import did_you_mean
from callflows.flow import Flow
from callflows.tools.happenings import outcomes
from callflows.tools.rehearsal import CannotHappen, Rehearsal
from callflows.tools.scene import Scene
from callflows.tools.transcript import after, closing, happened, lines_of, opening

HELP = """\
  1  2  star  hash      press a key; several at once: 123#
  Enter, or a dot       let the time pass: no key, no answer; in a queue whatever --staffing leads to
  any words             speak them; for a voicemail they become a message of that length
  timeout, busy, ...    how a wait went; 'now' lists what would be understood
  hang up               the caller is gone
  now                   what could happen at this moment
  again                 begin the call anew
  help                  this
  quit                  stop playing"""
Tell = Callable[[str], None]


def play(
    flow: Flow, scene: Scene, lines: Iterable[str], tell: Tell, *, echo: bool = True
) -> tuple[Rehearsal, list[str]]:
    """Play until the call is over or the lines are; the call, and what was typed that meant something.

    `echo` repeats what was typed, for when it does not stand in the terminal anyway.
    """
    call, done = _begin(flow, scene, tell)
    if call.is_over:
        tell(closing(call))
        return call, done
    for line in lines:
        match line.strip().lower():
            case "quit" | "exit":
                break
            case "help" | "?":
                tell(HELP)
            case "now":
                tell(f"  {call.choices()}")
            case "again":
                call, done = _begin(flow, scene, tell)
            case _:
                _hear(call, " ".join(line.split()), done, tell, echo)
        if call.is_over:
            break
    tell(closing(call))
    return call, done


def _begin(flow: Flow, scene: Scene, tell: Tell) -> tuple[Rehearsal, list[str]]:
    call = Rehearsal(flow, scene)
    tell(opening(call))
    _tell_from(call, 0, tell)
    return call, []


def _hear(call: Rehearsal, line: str, done: list[str], tell: Tell, echo: bool) -> None:
    before = len(call.stretches)
    try:
        call.hear(line)
    except CannotHappen:
        near = did_you_mean(line, [*outcomes(), "hang up", "silence"])
        tell(f"  '{line}' means nothing here{near if 'mean' in near else ''}; {call.choices()}")
        return
    done.append(line or "silence")
    _tell_from(call, before, tell, echo)


def _tell_from(call: Rehearsal, first: int, tell: Tell, echo: bool = True) -> None:
    for stretch in call.stretches[first:]:
        is_known = not echo and stretch.typed == happened(stretch.event) if stretch.event else True
        for line in after(stretch.turn) if is_known else lines_of(stretch):
            tell(line)
