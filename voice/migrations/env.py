"""What Alembic runs: the revisions, on the connection and in the transaction that `voice.migrate` gives."""

from collections.abc import Collection, Mapping
from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationInfo

from voice.models import Base


def run() -> None:
    """Every missing step, each told once it is done."""
    given = context.config.attributes
    context.configure(
        connection=given["connection"],
        target_metadata=Base.metadata,
        compare_type=True,
        render_as_batch=given.get("as_batch", True),  # SQLite changes few things in place
        on_version_apply=_tell,
    )
    context.run_migrations()


def _tell(
    ctx: MigrationContext, step: MigrationInfo, heads: Collection[Any], run_args: Mapping[str, Any]
) -> None:
    applied = context.config.attributes.get("applied")
    if applied is not None:
        (number,) = step.up_revision_ids
        applied(number, str(getattr(step.up_revision, "doc", "")).lower())


run()
