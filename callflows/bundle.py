"""A flow file together with the modules it includes, as one text: what is published and stored.

The parts stay as their admins wrote them, comments and all, one after the other behind a line that names the file.
"""

import re
from collections.abc import Mapping

MARK = re.compile(r"^# ==== included: (\S+) ====\n", re.MULTILINE)
INCLUDES = re.compile(r"^include\s*:", re.MULTILINE)


def pack(text: str, modules: Mapping[str, str]) -> str:
    """One text of a flow and its modules, by path; a flow without modules stays as it is."""
    parts = [text if text.endswith("\n") or not modules else f"{text}\n"]
    for path, module in modules.items():
        parts.append(f"# ==== included: {path} ====\n{module}" + ("" if module.endswith("\n") else "\n"))
    return "".join(parts)


def unpack(text: str) -> tuple[str, dict[str, str]]:
    """The flow's own text, and its modules' by path."""
    main, *rest = MARK.split(text)
    return main, dict(zip(rest[::2], rest[1::2], strict=True))


def may_include(text: str) -> bool:
    """Whether it is worth looking for includes."""
    return INCLUDES.search(text) is not None
