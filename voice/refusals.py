"""What an agent's click may be answered with, other than yes."""

from typing import Literal

Code = Literal["not_found", "gone", "taken", "not_now", "not_dialled"]


class Refused(Exception):
    """The wish cannot be met; the message says why, to the person who wished."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code: Code = code
        self.message = message
