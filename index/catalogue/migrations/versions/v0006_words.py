"""Keep every word that people said of findings, and what is made of a trace beside it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a task belong to a trace, and words stand beside one another; those that were said stay.

    Answers that hold the secret of a webhook were kept for a day; they go at once.
    """
    op.add_column("tasks", sa.Column("trace", sa.Integer))
    op.create_index("tasks_by_trace", "tasks", ["trace"], sqlite_where=sa.text("trace IS NOT NULL"))
    op.create_table(
        "words",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column(
            "task", sa.Integer, sa.ForeignKey("tasks.number", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("finding", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text),
        sa.Column("comment", sa.Text),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("withdrawn", sa.Boolean, nullable=False, server_default=sa.text("0")),
        sqlite_autoincrement=True,
    )
    op.create_index("words_by_task", "words", ["task", "number"])
    op.execute(
        "INSERT INTO words (task, finding, verdict, comment, who, at) "
        "SELECT task, finding, verdict, comment, who, at FROM reviews ORDER BY at"
    )
    op.drop_table("reviews")
    op.create_index("deeds_by_time", "deeds", ["at"])
    op.execute("DELETE FROM replies WHERE body LIKE '%whsec_%'")
