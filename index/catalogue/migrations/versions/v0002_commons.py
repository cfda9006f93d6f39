"""Keep what many assets share."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of common shots, and for how many codes it was made: none so far."""
    op.add_column(
        "archive", sa.Column("learned", sa.Integer, nullable=False, server_default=sa.text("0"))
    )
    op.create_table(
        "commons",
        sa.Column(
            "asset", sa.Integer, sa.ForeignKey("assets.row", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("start", sa.Float, primary_key=True),
        sa.Column("end", sa.Float, nullable=False),
        sa.Column("shot", sa.Integer, nullable=False),
        sa.Column("own", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )
