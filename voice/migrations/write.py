"""Writes the next revision: what the tables in models have and the last revision has not. For developers.

python -m voice.migrations.write "Recordings know their language"
python -m voice.migrations.write --first      until the first release: the one revision anew
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import Script

from voice.migrate import FOLDER, configuration, migrate
from voice.store import Store

FIRST = "The first tables"


def write(title: str) -> Path:
    """The file that was written; read it, format it and set SCHEMA in models/__init__.py before you commit it."""
    number = f"{len(list((FOLDER / 'versions').glob('[0-9]*.py'))) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/last.db")
        if number != "0001":
            migrate(store, print)
        with store.change_tables() as connection:
            config = configuration(connection, as_batch=number != "0001")
            made = command.revision(config, title, autogenerate=True, rev_id=number)
        store.close()
    if not isinstance(made, Script):
        raise RuntimeError("one revision was asked for")
    path = Path(made.path)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "# ###" not in line), encoding="utf-8")
    return path


if __name__ == "__main__":
    if sys.argv[1:] == ["--first"]:
        for old in (FOLDER / "versions").glob("0001_*.py"):
            old.unlink()
    print(write(FIRST if sys.argv[1:] == ["--first"] else " ".join(sys.argv[1:])))  # noqa: T201
