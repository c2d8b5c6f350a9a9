"""Writes the next revision: what the tables in models have and the last revision has not. For developers.

python -m voice.migrations.write "Recordings know their language"
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import Script

from voice.migrate import FOLDER, configuration, migrate
from voice.store import Store


def write(title: str) -> Path:
    """The file that was written; read it, format it and set SCHEMA in models/__init__.py before you commit it."""
    last = max(int(file.name[:4]) for file in (FOLDER / "versions").glob("[0-9]*.py"))
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/last.db")
        migrate(store, print)
        with store.change_tables() as connection:
            config = configuration(connection, as_batch=True)
            made = command.revision(config, title, autogenerate=True, rev_id=f"{last + 1:04d}")
        store.close()
    if not isinstance(made, Script):
        raise RuntimeError("one revision was asked for")
    path = Path(made.path)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "# ###" not in line), encoding="utf-8")
    return path


if __name__ == "__main__":
    words = sys.argv[1:]
    if not words or words[0].startswith("-"):
        sys.exit("Say what changes: python -m voice.migrations.write TITLE")
    print(write(" ".join(words)))  # noqa: T201
