"""The list of users is quick by their status too: disabled are those who left, by the hundred thousand."""

from chassis.provisioning.migration_steps import indexes

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_users_status_of_point": ("users", ("teaching_point_id", "status", "username", "id")),
    "ix_users_status": ("users", ("status", "username", "id")),
}
REPLACED = ("ix_users_of_point", "ix_users_of_school")


def upgrade() -> None:
    indexes.upgrade(INDEXES, REPLACED)
