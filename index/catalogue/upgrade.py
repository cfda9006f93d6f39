"""Bring a catalogue's tables up to date. Loaded only when needed, for Alembic is slow to load."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from index.errors import ArchiveFormatError

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, newest: str = "head") -> None:
    """Run the migrations that are missing, inside the connection's transaction.

    Args:
        connection: With an open transaction.
        newest: The last one that is run.

    Raises:
        ArchiveFormatError: The tables are of a newer version.
    """
    config = _config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, newest)
    except CommandError as error:
        raise ArchiveFormatError(
            "The archive's catalogue was made by a newer wherefrom.",
            hint="Install a newer wherefrom.",
        ) from error


def head() -> str | None:
    """Return the name of the newest migration."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
