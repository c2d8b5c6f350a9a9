"""What a person sees of the processes."""

import asyncio
import errno
import io
import os
import pty

from deploy.local.output import Output, until_nobody_reads
from tests.build import run_async


def test_names_stand_in_a_column_before_the_lines() -> None:
    stream = io.StringIO()
    output = Output(["web", "simulator"], stream)

    output.say("web", "answered")
    output.say("simulator", "rang")

    assert stream.getvalue() == "web       | answered\nsimulator | rang\n"


def test_a_file_gets_no_colours() -> None:
    assert not Output(["web"], io.StringIO()).has_colours


class ClosedTerminal(io.StringIO):
    """What Linux does to a process that writes after its terminal was closed."""

    def write(self, _text: str) -> int:
        raise OSError(errno.EIO, "Input/output error")


def test_a_terminal_that_was_closed_stops_nobody_halfway() -> None:
    Output(["web"], ClosedTerminal()).say("web", "to nobody")


def test_a_terminal_that_is_closed_is_noticed() -> None:
    ours, theirs = pty.openpty()

    async def journey() -> None:
        noticing = asyncio.create_task(until_nobody_reads(theirs))
        await asyncio.sleep(0)
        assert not noticing.done()
        os.close(ours)
        await noticing

    run_async(journey(), 10)
    os.close(theirs)
