"""Every kind of job, and who does it."""

from collections.abc import Mapping
from typing import Final

from recordings import erase_recording, open_ticket, send_text, store_recording
from recordings.job import Job

JOBS: Final[Mapping[str, Job]] = {
    "store_recording": Job(store_recording.work, store_recording.bury),
    "erase_recording": Job(erase_recording.work, erase_recording.bury),
    "open_ticket": Job(open_ticket.work, open_ticket.bury),
    "send_text": Job(send_text.work, send_text.bury),
}
