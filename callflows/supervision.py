"""What a merchant's agents see of supervisors in their talks."""

from dataclasses import dataclass

from callflows.fields import optional
from callflows.kinds import YES_NO


@dataclass(frozen=True, kw_only=True)
class Supervision:
    """What agents see of supervisors in their talks: who coaches or speaks to all always, who only listens if so wished.

    supervision:
      show_listening: yes
    """

    show_listening: bool = optional(YES_NO, "whether agents see that a supervisor listens", False)


UNSEEN = Supervision(show_listening=False)
