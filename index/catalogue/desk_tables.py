"""The tables of the service: work it was asked for, who may ask, and what people said.

Times that are compared in SQL are seconds since 1970; times for people are RFC 3339.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from index.catalogue.tables import TABLES, Digest

tasks = Table(
    "tasks",
    TABLES,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("request", JSON, nullable=False),
    Column("outcome", JSON),
    Column("stage", Text),
    Column("share", Float, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("worker", Text),
    Column("leased_until", Float),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float),
    Column("ended_at", Float),
    Column("expires_at", Float),
    Column("announced", Boolean, nullable=False, server_default=text("0")),
    Column("trace", Integer),
    sqlite_autoincrement=True,
)
"""Long work that was asked for. What it made lies in a folder named by its id. Once it has ended,
`announced` says whether the hooks were told. What makes something of a trace has its number."""

Index("tasks_by_state", tasks.c.state, tasks.c.number)
Index("tasks_by_expiry", tasks.c.expires_at, sqlite_where=tasks.c.expires_at.is_not(None))
Index("tasks_unannounced", tasks.c.number, sqlite_where=text("announced = 0"))
Index("tasks_by_trace", tasks.c.trace, sqlite_where=tasks.c.trace.is_not(None))

happenings = Table(
    "happenings",
    TABLES,
    Column("task", Integer, ForeignKey("tasks.number", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("data", JSON, nullable=False),
    sqlite_with_rowid=False,
)
"""What happened to a task, in order, for those who follow it and for those who come back."""

uploads = Table(
    "uploads",
    TABLES,
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("size", BigInteger),
    Column("received", BigInteger, nullable=False),
    Column("metadata", JSON, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    sqlite_with_rowid=False,
)
"""Files on their way in. `size` is null as long as it is not known."""

keys = Table(
    "keys",
    TABLES,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("digest", Digest, nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float),
    Column("revoked_at", Float),
    Column("used_at", Float),
    sqlite_with_rowid=False,
)
"""Who may ask for what. Of the key itself only its digest is kept."""

sessions = Table(
    "sessions",
    TABLES,
    Column("id", Digest, primary_key=True),
    Column("key", Text, ForeignKey("keys.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    sqlite_with_rowid=False,
)
"""Browsers in which a key was given. Of a session's cookie only the digest is kept."""

deeds = Table(
    "deeds",
    TABLES,
    Column("number", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("who", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("outcome", Integer, nullable=False),
    Column("request", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""The audit log: who did what, and the status that was answered. Only added to; old rows go."""

Index("deeds_by_time", deeds.c.at)

replies = Table(
    "replies",
    TABLES,
    Column("owner", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("asked", Digest, nullable=False),
    Column("status", Integer),
    Column("headers", JSON),
    Column("body", Text),
    Column("created_at", Float, nullable=False),
    sqlite_with_rowid=False,
)
"""What was answered to a request with an idempotency key; no status while it is being answered."""

hooks = Table(
    "hooks",
    TABLES,
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("events", JSON, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("stopped", Text),
    Column("old_secret", Text),
    Column("old_until", Float),
    Column("created_at", Float, nullable=False),
    sqlite_with_rowid=False,
)
"""Addresses that are told what happens. The secret signs, so it is kept as it is, and so is the one
before it for some time. `stopped` is why the service itself tells an address nothing more."""

deliveries = Table(
    "deliveries",
    TABLES,
    Column("number", Integer, primary_key=True),
    Column("hook", Text, ForeignKey("hooks.id", ondelete="CASCADE"), nullable=False),
    Column("message", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Float),
    Column("status", Integer),
    Column("error", Text),
    Column("created_at", Float, nullable=False),
    Column("tried_at", Float),
    UniqueConstraint("hook", "message"),
    sqlite_autoincrement=True,
)
"""Messages to hooks: "waiting" for `next_at`, "done", or "given-up"."""

Index("deliveries_by_next", deliveries.c.next_at, sqlite_where=deliveries.c.next_at.is_not(None))

watchers = Table(
    "watchers",
    TABLES,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("watch", Integer, ForeignKey("watches.id", ondelete="CASCADE"), nullable=False),
    Column("owner", Text, nullable=False),
    Column("trace", Text),
    Column("name", Text, nullable=False),
    Column("note", Text),
    Column("added_at", Float, nullable=False),
    UniqueConstraint("watch", "owner"),
    sqlite_autoincrement=True,
)
"""Who asked the service for a watch, and what they call it; several may wait for the same clip.
One that nobody asked the service for was made by the command."""

carriers = Table(
    "carriers",
    TABLES,
    Column("asset", Integer, ForeignKey("assets.row", ondelete="CASCADE"), primary_key=True),
    Column("manifest", Text),
)
"""Which C2PA manifest an asset's file carries, by its label; null of one that was found to carry
none. Files that nobody asked about are not here."""

Index("carriers_by_manifest", carriers.c.manifest, sqlite_where=carriers.c.manifest.is_not(None))

words = Table(
    "words",
    TABLES,
    Column("number", Integer, primary_key=True),
    Column("task", Integer, ForeignKey("tasks.number", ondelete="CASCADE"), nullable=False),
    Column("finding", Text, nullable=False),
    Column("verdict", Text),
    Column("comment", Text),
    Column("who", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("withdrawn", Boolean, nullable=False, server_default=text("0")),
    sqlite_autoincrement=True,
)
"""What people said of findings, word by word: "confirmed", "rejected", only a comment, or that what
that person said before is taken back. Only added to; of each person the last word stands."""

Index("words_by_task", words.c.task, words.c.number)

banks = Table(
    "banks",
    TABLES,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("policy", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    sqlite_with_rowid=False,
)
"""Lists of what is known, each with what is to be done with a clip that shows it."""

entries = Table(
    "entries",
    TABLES,
    Column("number", Integer, primary_key=True),
    Column("bank", Text, ForeignKey("banks.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("note", Text),
    Column("created_at", Float, nullable=False),
    UniqueConstraint("bank", "kind", "value"),
    sqlite_autoincrement=True,
)
"""What a bank lists: an "asset" by its digest, or a hash that was made elsewhere."""

Index("entries_by_value", entries.c.kind, entries.c.value)
