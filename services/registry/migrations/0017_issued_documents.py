"""Documents that are issued, the checking of them by anybody, and the school's name that stands on them."""

from chassis.provisioning.migration_steps import guarding, issued_documents, shared_settings

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    shared_settings.upgrade()
    guarding.upgrade()
    issued_documents.upgrade()
