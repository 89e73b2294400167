"""Rows of a table as forms: every rule checked with all reasons, one insert for a block (ENR-9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from chassis.base.ids import new_id
from chassis.data.bulk import insert_rows
from chassis.data.unit_of_work import UnitOfWork
from chassis.rules.columns import OPEN_EDUCATION
from chassis.rules.programmes import Elements, Programme
from chassis.running.import_lines import Importer, Line
from chassis.work.numbers import next_numbers
from chassis.work.steps import remember
from contracts.identity.states import TeachingPointStatus
from contracts.types import IdKind
from services.enrollment.domain.forms import Told, judged
from services.enrollment.domain.numbers import APPLICATION_NUMBER
from services.enrollment.domain.rounds import Round, against_entering, against_place
from services.enrollment.domain.workflows import APPLICATION, LIVE
from services.enrollment.papers.workbook import Entry
from services.enrollment.steps.facts import document_of, form_of, live_forms, studying
from services.enrollment.steps.programmes import known_programmes
from services.enrollment.steps.rounds import rounds_of
from services.enrollment.tables import admission_rounds, applications, programmes, teaching_points

_a = applications.c
_NEEDED = (
    "admission_round_code", "name", "gender", "id_number", "ethnicity", "level", "major_code", "schooling_length",
    "mobile", "prior_level", "prior_school", "prior_graduated_on", "prior_certificate_number",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What rows are checked against: rounds and usable points by code, and programmes."""

    rounds: Mapping[str, tuple[UUID, Round]]
    points: Mapping[str, UUID]
    programmes: Sequence[Programme]


def judge(uow: UnitOfWork, lines: Sequence[Line[Entry]], importer: Importer) -> None:
    """Check every rule, with all reasons, and make the rows of forms. A field that is missing has its reason already;
    what depends on it is not judged."""
    around = _surroundings(uow, lines, importer)
    for line in lines:
        point_id = importer.point_of(line, around.points)
        round_ = _round(uow, line, point_id, around)
        if point_id is not None and round_ is not None:
            line.record = _record(uow, line, point_id, round_, around)
    _refuse_taken(uow, [line for line in lines if line.record is not None])


def enter(uow: UnitOfWork, lines: Sequence[Line[Entry]], importer: Importer) -> None:
    """Enter forms. Who comes at the same moment waits there: those that a constraint keeps out are refused."""
    numbers = next_numbers(uow, APPLICATION_NUMBER, [{} for _ in lines])
    records = [
        {
            **line.record,
            "number": number,
            "state": APPLICATION.initial,
            "entered_by": uow.acting_user,
            "entered_by_name": uow.context.actor.name,
            "sent_by": uow.acting_user,
            "sent_at": uow.now,
        }
        for line, number in zip(lines, numbers, strict=True)
    ]
    # In one order, whoever else enters the same people at this moment: so nobody waits for each other.
    inserted = insert_rows(applications, sorted(records, key=itemgetter("id_kind", "id_number", "intake")))
    others = inserted.on_conflict_do_nothing(
        index_elements=["id_kind", "id_number", "intake"], index_where=_a.state.in_(LIVE)
    )
    entered = uow.rows(others.returning(applications))
    remember(uow, APPLICATION, applications, entered, "import", audited=("teaching_point_id", "programme_id", "intake"))
    known = {row.id for row in entered}
    for line in lines:
        if line.record["id"] not in known:
            line.refuse("id_number", "application_exists")


def _round(
    uow: UnitOfWork, line: Line[Entry], point_id: UUID | None, around: Surroundings
) -> tuple[UUID, Round] | None:
    code = line.entry.admission_round_code
    if code is None:
        return None
    found = around.rounds.get(code)
    if found is None:
        line.refuse("admission_round_code", "admission_round_unknown", round_code=code)
        return None
    _, round_ = found
    against = [against_entering(round_, uow.now)]
    if point_id is not None and line.entry.level is not None:
        against.append(against_place(round_, point_id, line.entry.level))
    for reason in against:
        if reason is not None:
            line.refuse("admission_round_code", reason.code, **reason.params)
    return found


def _record(
    uow: UnitOfWork, line: Line[Entry], point_id: UUID, found: tuple[UUID, Round], around: Surroundings
) -> dict[str, Any] | None:
    """The row that a line makes; what is wrong with it beyond its single cells is put down."""
    entry, (round_id, round_) = line.entry, found
    if any(getattr(entry, name) is None for name in _NEEDED):
        return None
    told = _told(entry)
    seen = judged(told, around.programmes, round_.intake, point_id, uow.today)
    for column, reason in seen.wrong:
        line.refuse(column, reason.code, **reason.params)
    if seen.person is None or seen.programme is None:
        return None
    return {
        **entry.model_dump(exclude={"admission_round_code", "teaching_point_code"}),
        "id": new_id(),
        "admission_round_id": round_id,
        "teaching_point_id": point_id,
        "id_kind": seen.person.id_kind,
        "id_number": seen.person.id_number,
        "birth_on": seen.person.birth_on,
        "student_type": told.elements.student_type,
        "student_source": told.elements.student_source,
        "intake": round_.intake,
        "programme_id": seen.programme.id,
        "major_name": seen.programme.major_name,
    }


def _told(entry: Any) -> Told:
    """What rules look at, of an entry in which nothing that is needed is missing."""
    return Told(
        id_kind=entry.id_kind or IdKind.RESIDENT,
        id_number=entry.id_number,
        gender=entry.gender,
        birth_on=entry.birth_on,
        ethnicity=entry.ethnicity,
        id_valid_from=None,
        id_valid_until=None,
        elements=Elements(
            entry.level,
            entry.student_type or OPEN_EDUCATION,
            entry.student_source or OPEN_EDUCATION,
            entry.major_code,
            entry.schooling_length,
        ),
        prior_level=entry.prior_level,
        prior_graduated_on=entry.prior_graduated_on,
    )


def _surroundings(uow: UnitOfWork, lines: Sequence[Line[Entry]], importer: Importer) -> Surroundings:
    r, t = admission_rounds.c, teaching_points.c
    codes = {line.entry.admission_round_code for line in lines if line.entry.admission_round_code}
    named = {row.code: row.id for row in uow.rows(select(r.id, r.code).where(r.code.in_(codes)))}
    rounds = rounds_of(uow, named.values())
    places = {line.entry.teaching_point_code for line in lines if line.entry.teaching_point_code}
    usable = select(t.id, t.code).where(
        or_(t.code.in_(places), t.id == importer.own_point_id), t.status == TeachingPointStatus.ENABLED, ~t.deleted
    )
    majors = {line.entry.major_code for line in lines if line.entry.major_code}
    return Surroundings(
        rounds={code: (id_, rounds[id_]) for code, id_ in named.items()},
        points={row.code: row.id for row in uow.rows(usable) if importer.may_enter(row.id)},
        programmes=known_programmes(uow, programmes.c.major_code.in_(majors)),
    )


def _refuse_taken(uow: UnitOfWork, lines: Sequence[Line[Entry]]) -> None:
    """Put down who studies for the level already, and whose document has a live form in the intake, also by a line
    above."""
    records = [SimpleNamespace(**line.record) for line in lines]
    enrolled = studying(uow, [document_of(record) for record in records])
    live = set(live_forms(uow, [form_of(record) for record in records]))
    for line, record in zip(lines, records, strict=True):
        if form_of(record) in live:
            line.refuse("id_number", "application_exists")
        if document_of(record) in enrolled:
            line.refuse("id_number", "already_enrolled_at_level")
        if not line.errors:
            live.add(form_of(record))
