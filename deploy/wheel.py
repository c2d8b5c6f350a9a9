"""The build's hook: a wheel carries the browser libraries, so that production needs no Node (pyproject.toml names it)."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Libraries(BuildHookInterface[BuilderConfig]):
    """Adds them to a wheel; an editable installation takes them from node_modules."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it builds."""
        if version == "editable":
            return
        root = Path(self.root)
        files = runpy.run_path(str(root / "panel" / "libraries.py"))["wheel_files"]
        build_data["force_include"].update(files(root))
