"""Names and numbers are found by any part, over the whole school."""

from chassis.provisioning.migration_steps import found_by_part

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_users_name_parts": ("users", "name"),
    "ix_users_username_parts": ("users", "username"),
}


def upgrade() -> None:
    found_by_part.upgrade(INDEXES)
