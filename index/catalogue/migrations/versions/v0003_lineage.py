"""Keep who descends from whom: what was measured, and what is believed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of the lineage; nothing is related so far."""
    op.create_table(
        "related",
        sa.Column(
            "asset", sa.Integer, sa.ForeignKey("assets.row", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("method", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "nodes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("digest", sa.LargeBinary(32), nullable=False, unique=True),
        sa.Column("seen", sa.Boolean, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("knot", sa.Integer),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.UniqueConstraint("id", "rank"),
        sqlite_autoincrement=True,
    )
    op.create_index("nodes_by_knot", "nodes", ["knot"], sqlite_where=sa.column("knot").is_not(None))
    op.create_table(
        "kinships",
        sa.Column("query", sa.Integer, sa.ForeignKey("nodes.id"), primary_key=True),
        sa.Column("source", sa.Integer, sa.ForeignKey("nodes.id"), primary_key=True),
        sa.Column("channel", sa.Integer, primary_key=True),
        sa.Column("arrow", sa.Integer, nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("measured_at", sa.Text, nullable=False),
        sa.CheckConstraint("query <> source", name="two_files"),
        sqlite_with_rowid=False,
    )
    op.create_index("kinships_by_source", "kinships", ["source"])
    _edges()


def _edges() -> None:
    op.create_table(
        "edges",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("parent", sa.Integer, nullable=False),
        sa.Column("parent_rank", sa.Integer, nullable=False),
        sa.Column("child", sa.Integer, nullable=False),
        sa.Column("child_rank", sa.Integer, nullable=False),
        sa.Column("channel", sa.Integer, nullable=False),
        sa.Column("relation", sa.Text, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
        sa.Column("until", sa.Text),
        sa.ForeignKeyConstraint(
            ["parent", "parent_rank"], ["nodes.id", "nodes.rank"], onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["child", "child_rank"], ["nodes.id", "nodes.rank"], onupdate="CASCADE"
        ),
        sa.CheckConstraint(
            "until IS NOT NULL OR relation <> 'derived' OR parent_rank < child_rank",
            name="no_cycle",
        ),
        sa.CheckConstraint("parent <> child", name="two_nodes"),
    )
    op.create_index("edges_by_parent", "edges", ["parent", "parent_rank"])
    op.create_index("edges_by_child", "edges", ["child", "child_rank"])
    op.create_index(
        "edges_believed",
        "edges",
        ["child", "parent", "channel"],
        unique=True,
        sqlite_where=sa.column("until").is_(None),
    )
