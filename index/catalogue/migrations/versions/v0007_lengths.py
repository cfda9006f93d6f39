"""List assets by their length without reading all of them."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index by which the archive's page sorts."""
    op.create_index("assets_by_duration", "assets", ["duration"])
