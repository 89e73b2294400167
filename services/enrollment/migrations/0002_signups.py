"""Quick signups; where teaching points are; forms that came to nothing are let go."""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from chassis.provisioning.migration_steps import guarding, indexes

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

INDEXES = {"ix_applications_given_up": ("applications", ("updated_at",))}
GIVEN_UP = {"ix_applications_given_up": "state IN ('rejected', 'withdrawn')"}


def upgrade() -> None:
    guarding.upgrade()
    for name in ('province', 'city', 'district', 'street'):
        op.add_column('teaching_points', sa.Column(name, sa.Text(), nullable=True))
    for name in ('longitude', 'latitude'):
        op.add_column('teaching_points', sa.Column(name, sa.Double(), nullable=True))
    op.add_column(
        'teaching_points',
        sa.Column('phones', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
    )
    op.create_table('signups',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('teaching_point_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('mobile', sa.Text(), nullable=False),
    sa.Column('wished_major', sa.Text(), nullable=False),
    sa.Column('signed_up_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('application_id', sa.Uuid(), nullable=True),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("(state = 'completed') = (application_id IS NOT NULL)", name=op.f('ck_signups_completed')),
    sa.CheckConstraint("(state = 'signed_up') = (ended_at IS NULL)", name=op.f('ck_signups_ended')),
    sa.CheckConstraint("state IN ('signed_up', 'completed', 'discarded')", name=op.f('ck_signups_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signups'))
    )
    op.create_index('ix_signups_ended_at', 'signups', ['ended_at'], unique=False)
    op.create_index('ix_signups_mobile_begins', 'signups', [sa.literal_column('mobile COLLATE "C"')], unique=False)
    op.create_index('ix_signups_of_point', 'signups', ['teaching_point_id', 'state', 'signed_up_at', 'id'], unique=False)
    op.create_index('ix_signups_of_school', 'signups', ['state', 'signed_up_at', 'id'], unique=False)
    op.create_index('uq_signups_waiting', 'signups', ['teaching_point_id', 'mobile', 'name'], unique=True, postgresql_where=sa.text("state IN ('signed_up')"))
    op.create_table('signup_grams',
    sa.Column('gram', sa.Text(collation='C'), nullable=False),
    sa.Column('signup_id', sa.Uuid(), nullable=False),
    sa.Column('teaching_point_id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('gram', 'signup_id', name=op.f('pk_signup_grams'))
    )
    op.create_index('ix_signup_grams_scope', 'signup_grams', ['gram', 'teaching_point_id', 'signup_id'], unique=False)
    indexes.upgrade(INDEXES, only=GIVEN_UP)
