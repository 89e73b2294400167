"""The list of registrations is quick over millions: indexes that end with its order."""

from chassis.provisioning.migration_steps import indexes

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_exam_registrations_of_point": ("exam_registrations", ("teaching_point_id", "state", "registered_at", "id")),
    "ix_exam_registrations_of_school": ("exam_registrations", ("state", "registered_at", "id")),
    "ix_exam_registrations_of_course": ("exam_registrations", ("course_id", "registered_at", "id")),
    "ix_exam_registrations_of_round": ("exam_registrations", ("exam_round_id", "state", "registered_at", "id")),
    "ix_audit_entries_of_actor": ("audit_entries", ("actor_id", "at", "id")),
    "ix_audit_entries_of_school": ("audit_entries", ("at", "id")),
}
REPLACED = (
    "ix_exam_registrations_teaching_point_id",
    "ix_exam_registrations_course_id",
    "ix_exam_registrations_registered_at",
    "ix_audit_entries_actor_id",
    "ix_audit_entries_at",
)


def upgrade() -> None:
    indexes.upgrade(INDEXES, REPLACED)
