"""People are found by any part of their names, and by the beginnings of their numbers."""

from chassis.provisioning.migration_steps import names_found

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    names_found.upgrade(
        "users",
        name="name",
        scoped={"teaching_point_id": True},
        numbers={"users": "username"},
        replaced=("ix_users_name_parts", "ix_users_username_parts"),
    )
