"""What is not paid in time is found by its round, and what is asked about again by its time: two indexes that every
selection entered are replaced by one that hardly any enters."""

from chassis.provisioning.migration_steps import indexes

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NAME = "ix_selections_due_again"


def upgrade() -> None:
    indexes.upgrade(
        {NAME: ("selections", ("ask_again_at",))},
        ("ix_selections_unpaid", "ix_selections_ask_again_at"),
        only={NAME: "ask_again_at IS NOT NULL"},
    )
