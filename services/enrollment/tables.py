"""Tables of enrollment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    TextClause,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.data.columns import found_by_beginning, id_column, instant, one_of, stamps
from chassis.data.groups import group_column, grouped
from chassis.data.name_search import found_by_name
from chassis.data.retention import kept_for
from chassis.data.row_scope import scope
from chassis.data.tables import copy_table, service_metadata
from chassis.rules.programme_copies import programme_copy
from chassis.work.numbers import number_column
from chassis.work.public import guarding_tables
from contracts.enrollment.states import AdmissionRoundStatus, ApplicationState, SignupState
from contracts.types import Gender, IdKind, Level, PriorEducationCheck, PriorLevel
from services.enrollment.domain.settings import APPLICATIONS_KEPT, SIGNUPS_KEPT
from services.enrollment.domain.workflows import LIVE, RECORDED, REJECTED, WITHDRAWN

metadata = service_metadata("enrollment")
guarding_tables(metadata)

_GIVEN_UP = (REJECTED, WITHDRAWN)
"""Forms that come to nothing."""


def _of(states: Sequence[str]) -> str:
    return f"({', '.join(repr(str(state)) for state in states)})"


def _in_states(*states: str) -> TextClause:
    return text(f"state IN {_of(states)}")


admission_rounds = Table(
    "admission_rounds",
    metadata,
    id_column(),
    Column("code", String(20), nullable=False),
    Column("name", String(60), nullable=False),
    Column("intake", String(6), nullable=False),
    instant("opens_at"),
    instant("closes_at"),
    instant("review_closes_at"),
    Column("levels", ARRAY(Text), nullable=False),
    Column("every_point", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    *stamps(),
    CheckConstraint("opens_at < closes_at AND closes_at <= review_closes_at", name="window"),
    one_of("status", AdmissionRoundStatus),
    Index("uq_admission_rounds_code", "code", unique=True),
)
scope(admission_rounds, read_by_all=True)

admission_round_points = Table(
    "admission_round_points",
    metadata,
    Column("admission_round_id", Uuid, ForeignKey("admission_rounds.id", ondelete="CASCADE"), primary_key=True),
    Column("teaching_point_id", Uuid, primary_key=True),
)
scope(admission_round_points, read_by_all=True)

applications = Table(
    "applications",
    metadata,
    id_column(),
    *number_column(),
    Column("admission_round_id", Uuid, ForeignKey("admission_rounds.id"), nullable=False),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    # who
    Column("name", Text, nullable=False),
    Column("gender", Text, nullable=False),
    Column("id_kind", Text, nullable=False),
    Column("id_number", Text, nullable=False),
    Column("birth_on", Date, nullable=False),
    Column("ethnicity", Text, nullable=False),
    Column("political_status", Text),
    Column("card_address", Text),
    Column("issuing_authority", Text),
    Column("id_valid_from", Date),
    Column("id_valid_until", Date),
    # how they are reached
    Column("mobile", Text, nullable=False),
    Column("email", Text),
    Column("phone", Text),
    Column("home_address", Text),
    Column("postal_address", Text),
    Column("postcode", Text),
    Column("employer", Text),
    # what they are to study
    Column("programme_id", Uuid, nullable=False),
    Column("intake", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("student_type", Text, nullable=False),
    Column("student_source", Text, nullable=False),
    Column("major_code", Text, nullable=False),
    Column("major_name", Text, nullable=False),
    Column("schooling_length", Text, nullable=False),
    # what they had completed
    Column("prior_level", Text, nullable=False),
    Column("prior_school", Text, nullable=False),
    Column("prior_major", Text),
    Column("prior_graduated_on", Date, nullable=False),
    Column("prior_certificate_number", Text, nullable=False),
    Column("prior_name_then", Text),
    Column("prior_id_number_then", Text),
    Column("prior_check", Text, nullable=False, server_default=text("'unchecked'")),
    # who entered and decided
    Column("entered_by", Uuid, nullable=False),
    Column("entered_by_name", Text, nullable=False),
    Column("sent_by", Uuid, nullable=False),  # who entered, corrected or sent it last
    Column("decided_by", Uuid),
    instant("sent_at"),
    # what came of it
    Column("student_id", Uuid),
    Column("student_number", Text),
    instant("admitted_at", nullable=True),
    instant("recorded_at", nullable=True),
    Column("studying", Boolean, nullable=False, server_default=text("false")),  # admitted here, and not gone since
    Column("refusal", JSONB(none_as_null=True)),
    group_column("cohort_id"),
    *stamps(),
    one_of("state", ApplicationState),
    one_of("gender", Gender),
    one_of("id_kind", IdKind),
    one_of("level", Level),
    one_of("prior_level", PriorLevel),
    one_of("prior_check", PriorEducationCheck),
    CheckConstraint(
        f"state NOT IN {_of(RECORDED)} OR (student_id IS NOT NULL AND student_number IS NOT NULL)", name="admitted"
    ),
    # Two points that enter the same person: one is first (ENR-7).
    Index(
        "uq_applications_document",
        "id_kind",
        "id_number",
        "intake",
        unique=True,
        postgresql_where=_in_states(*LIVE),
    ),
    # Nobody begins a level twice, in whichever intakes.
    Index("uq_applications_studying", "id_kind", "id_number", "level", unique=True, postgresql_where=text("studying")),
    Index("uq_applications_student_number", "student_number", unique=True),
    Index("uq_applications_student_id", "student_id", unique=True),
    Index("ix_applications_of_point", "teaching_point_id", "state", "sent_at", "id"),
    Index("ix_applications_of_school", "state", "sent_at", "id"),
    Index("ix_applications_round_of_point", "teaching_point_id", "admission_round_id", "state", "sent_at", "id"),
    Index("ix_applications_round", "admission_round_id", "state", "sent_at", "id"),
    Index("ix_applications_cohort_of_point", "teaching_point_id", "cohort_id", "state", "sent_at", "id"),
    Index("ix_applications_cohort", "cohort_id", "state", "sent_at", "id"),
    Index("ix_applications_given_up", "updated_at", postgresql_where=_in_states(*_GIVEN_UP)),
    # By whom results of the national verification name, and who may be the same person by another document.
    Index("ix_applications_id_number", "id_number"),
    Index(
        "ix_applications_id_number_then",
        "prior_id_number_then",
        postgresql_where=text("prior_id_number_then IS NOT NULL"),
    ),
    Index("ix_applications_person", "name", "birth_on"),
    found_by_beginning("applications", "number"),
)
scope(applications, point="teaching_point_id")
kept_for(applications, APPLICATIONS_KEPT, since="updated_at", only=applications.c.state.in_(_GIVEN_UP))
application_search = found_by_name(applications, "name", "number")
cohorts = grouped(
    applications,
    "cohorts",
    ("intake", "level", "student_type", "student_source", "major_code", "schooling_length"),
    key="cohort_id",
)

signups = Table(
    "signups",
    metadata,
    id_column(),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("mobile", Text, nullable=False),
    Column("wished_major", Text, nullable=False),
    instant("signed_up_at"),
    instant("ended_at", nullable=True),
    Column("reason", Text),  # why it was discarded: here, so that it goes with the person
    Column("application_id", Uuid),
    *stamps(),
    one_of("state", SignupState),
    CheckConstraint("(state = 'signed_up') = (ended_at IS NULL)", name="ended"),
    CheckConstraint("(state = 'completed') = (application_id IS NOT NULL)", name="completed"),
    # Who signs up again while the point has not called is there already. A couple may have one telephone.
    Index(
        "uq_signups_waiting",
        "teaching_point_id",
        "mobile",
        "name",
        unique=True,
        postgresql_where=_in_states(SignupState.SIGNED_UP),
    ),
    Index("ix_signups_of_point", "teaching_point_id", "state", "signed_up_at", "id"),
    Index("ix_signups_of_school", "state", "signed_up_at", "id"),
    Index("ix_signups_ended_at", "ended_at"),
    found_by_beginning("signups", "mobile"),
)
scope(signups, point="teaching_point_id")
kept_for(signups, SIGNUPS_KEPT, since="ended_at")
# Whom nobody has called in a year.
kept_for(signups, timedelta(days=365), since="signed_up_at", only=signups.c.state == SignupState.SIGNED_UP)
signup_search = found_by_name(signups, "name", "mobile")

teaching_points = copy_table(
    "teaching_points",
    metadata,
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("province", Text),
    Column("city", Text),
    Column("district", Text),
    Column("street", Text),
    Column("longitude", Double),
    Column("latitude", Double),
    Column("phones", JSONB, nullable=False, server_default=text("'[]'")),
)
scope(teaching_points, read_by_all=True)

programmes = programme_copy(metadata)

student_documents = copy_table(
    "student_documents",
    metadata,
    Column("id_kind", Text, nullable=False),
    Column("id_number", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("studying", Boolean, nullable=False),
    Index("ix_student_documents_document", "id_kind", "id_number", "level"),
)
scope(student_documents, system_only=True)
