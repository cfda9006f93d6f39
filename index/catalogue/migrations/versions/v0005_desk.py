"""Keep what the service is asked for, who may ask, and what people said."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of the service; nobody has asked for anything so far."""
    op.create_table(
        "tasks",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("request", sa.JSON, nullable=False),
        sa.Column("outcome", sa.JSON),
        sa.Column("stage", sa.Text),
        sa.Column("share", sa.Float, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("worker", sa.Text),
        sa.Column("leased_until", sa.Float),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("started_at", sa.Float),
        sa.Column("ended_at", sa.Float),
        sa.Column("expires_at", sa.Float),
        sa.Column("announced", sa.Boolean, nullable=False, server_default=sa.text("0")),
        sqlite_autoincrement=True,
    )
    op.create_index("tasks_by_state", "tasks", ["state", "number"])
    op.create_index("tasks_unannounced", "tasks", ["number"], sqlite_where=sa.text("announced = 0"))
    op.create_index(
        "tasks_by_expiry", "tasks", ["expires_at"], sqlite_where=sa.text("expires_at IS NOT NULL")
    )
    op.create_table(
        "happenings",
        sa.Column(
            "task", sa.Integer, sa.ForeignKey("tasks.number", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "uploads",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("metadata", sa.JSON, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("expires_at", sa.Float, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "keys",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False, unique=True),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("expires_at", sa.Float),
        sa.Column("revoked_at", sa.Float),
        sa.Column("used_at", sa.Float),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.LargeBinary(32), primary_key=True),
        sa.Column("key", sa.Text, sa.ForeignKey("keys.id", ondelete="CASCADE"), nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("expires_at", sa.Float, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "deeds",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("outcome", sa.Integer, nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "replies",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("asked", sa.LargeBinary(32), nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("headers", sa.JSON),
        sa.Column("body", sa.Text),
        sa.Column("created_at", sa.Float, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "hooks",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("events", sa.JSON, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("stopped", sa.Text),
        sa.Column("old_secret", sa.Text),
        sa.Column("old_until", sa.Float),
        sa.Column("created_at", sa.Float, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "deliveries",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("hook", sa.Text, sa.ForeignKey("hooks.id", ondelete="CASCADE"), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", sa.Float),
        sa.Column("status", sa.Integer),
        sa.Column("error", sa.Text),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("tried_at", sa.Float),
        sa.UniqueConstraint("hook", "message"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "deliveries_by_next", "deliveries", ["next_at"], sqlite_where=sa.text("next_at IS NOT NULL")
    )
    op.create_table(
        "watchers",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column(
            "watch", sa.Integer, sa.ForeignKey("watches.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("trace", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("added_at", sa.Float, nullable=False),
        sa.UniqueConstraint("watch", "owner"),
        sqlite_autoincrement=True,
    )
    op.add_column(
        "arrivals",
        sa.Column("announced", sa.Boolean, nullable=False, server_default=sa.text("0")),
    )
    op.create_table(
        "carriers",
        sa.Column(
            "asset", sa.Integer, sa.ForeignKey("assets.row", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("manifest", sa.Text),
    )
    op.create_index(
        "carriers_by_manifest",
        "carriers",
        ["manifest"],
        sqlite_where=sa.text("manifest IS NOT NULL"),
    )
    op.create_table(
        "reviews",
        sa.Column(
            "task", sa.Integer, sa.ForeignKey("tasks.number", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("finding", sa.Text, primary_key=True),
        sa.Column("verdict", sa.Text),
        sa.Column("comment", sa.Text),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "banks",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "entries",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("bank", sa.Text, sa.ForeignKey("banks.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.UniqueConstraint("bank", "kind", "value"),
        sqlite_autoincrement=True,
    )
    op.create_index("entries_by_value", "entries", ["kind", "value"])
    op.create_index("assets_by_name", "assets", ["name", "row", "title"])
