"""Look through what files are called, in any order, without reading what else is kept of them."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the indexes by which assets are listed hold their names and titles."""
    op.create_index("assets_by_row", "assets", ["row", "name", "title"])
    op.drop_index("assets_by_duration", "assets")
    op.create_index("assets_by_duration", "assets", ["duration", "row", "name", "title"])
