"""The list of users is quick over a million: indexes that end with its order."""

from chassis.provisioning.migration_steps import indexes

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_users_of_point": ("users", ("teaching_point_id", "username", "id")),
    "ix_users_of_school": ("users", ("username", "id")),
    "ix_audit_entries_of_actor": ("audit_entries", ("actor_id", "at", "id")),
    "ix_audit_entries_of_school": ("audit_entries", ("at", "id")),
}
REPLACED = (
    "ix_users_teaching_point_id",
    "ix_audit_entries_actor_id",
    "ix_audit_entries_at",
)


def upgrade() -> None:
    indexes.upgrade(INDEXES, REPLACED)
