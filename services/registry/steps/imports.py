"""Rows of a table as students: every rule checked with all reasons, one insert for a block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, tuple_

from chassis.base.ids import new_id
from chassis.data.bulk import insert_rows
from chassis.data.unit_of_work import UnitOfWork
from chassis.rules.columns import OPEN_EDUCATION
from chassis.rules.days import first_day, implausible_days
from chassis.rules.id_numbers import Identification, identify
from chassis.rules.programme_copies import programme_of
from chassis.rules.programmes import Elements, Programme, find_programme
from chassis.running.import_lines import Importer, Line
from contracts.identity.states import TeachingPointStatus
from contracts.types import IdKind
from services.registry.domain.status_changes import LIVE, leads_to_degree
from services.registry.papers.workbook import Entry
from services.registry.tables import programmes, students, teaching_points

_s = students.c


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a row is checked against: usable teaching points by code, the point of who imports, programmes, today."""

    points: dict[str, UUID]
    programmes: Sequence[Programme]
    today: date


def judge(uow: UnitOfWork, lines: Sequence[Line[Entry]], importer: Importer) -> None:
    """Check every rule, with all reasons, and make the records of students. A field that is missing has its reason
    already; what depends on it is not judged."""
    around = _surroundings(uow, lines, importer)
    for line in lines:
        line.record = _record(line, importer, around)
    _refuse_taken(uow, lines)


def enter(uow: UnitOfWork, lines: Sequence[Line[Entry]], importer: Importer) -> None:
    """Enter records. Who comes at the same moment waits there: those that a constraint keeps out are refused."""
    records = [line.record for line in lines]
    entered = {row.id for row in uow.rows(insert_rows(students, records).on_conflict_do_nothing().returning(_s.id))}
    for record in records:
        if record["id"] in entered:
            facts = {name: record[name] for name in ("student_number", "teaching_point_id", "programme_id", "intake")}
            uow.audit(students, record["id"], "import", after=facts)
    kept_out = [line for line in lines if line.record["id"] not in entered]
    _refuse_taken(uow, kept_out)
    for line in kept_out:
        if not line.errors:
            line.refuse("", "already_exists")


def _record(line: Line[Entry], importer: Importer, around: Surroundings) -> dict[str, Any] | None:
    """The record that a row makes; what is wrong with the row beyond its single cells is put down."""
    entry = line.entry
    identification = _identify(line, around.today)
    if identification is not None:
        days = implausible_days(
            identification.birth_on, entry.enrolled_on, entry.prior_graduated_on, today=around.today
        )
        for field, reason in days.items():
            line.refuse(field, reason.code)
    point_id = importer.point_of(line, around.points)
    programme = _programme(line, point_id, around)
    if entry.degree_intent and entry.level and not leads_to_degree(entry.level):
        line.refuse("degree_intent", "degree_not_possible")
    if identification is None or programme is None or entry.intake is None:
        return None
    typed = entry.model_dump(exclude={"teaching_point_code", "enrolled_on", "degree_intent"})
    return {
        **typed,
        "id": new_id(),
        "id_kind": identification.id_kind,
        "id_number": identification.id_number,
        "birth_on": identification.birth_on,
        "teaching_point_id": point_id,
        "programme_id": programme.id,
        "major_name": programme.major_name,
        "student_type": programme.elements.student_type,
        "student_source": programme.elements.student_source,
        "enrolled_on": entry.enrolled_on or first_day(entry.intake),
        "degree_intent": bool(entry.degree_intent),
    }


def _identify(line: Line[Entry], today: date) -> Identification | None:
    entry = line.entry
    if entry.id_number is None:
        return None
    kind = entry.id_kind or IdKind.RESIDENT
    identification, codes = identify(kind, entry.id_number, entry.gender, entry.birth_on, today)
    for code in codes:
        line.refuse("birth_on" if code == "birth_date_required" else "id_number", code)
    return identification


def _programme(line: Line[Entry], point_id: UUID | None, around: Surroundings) -> Programme | None:
    entry = line.entry
    if not (entry.level and entry.major_code and entry.schooling_length and entry.intake and point_id):
        return None
    elements = Elements(
        entry.level,
        entry.student_type or OPEN_EDUCATION,
        entry.student_source or OPEN_EDUCATION,
        entry.major_code,
        entry.schooling_length,
    )
    programme = find_programme(around.programmes, elements, entry.intake, point_id)
    if programme is None:
        line.refuse("major_code", "no_programme_matches")
    return programme


def _surroundings(uow: UnitOfWork, lines: Sequence[Line[Entry]], importer: Importer) -> Surroundings:
    codes = {line.entry.teaching_point_code for line in lines if line.entry.teaching_point_code}
    p, t = programmes.c, teaching_points.c
    named = or_(t.code.in_(codes), t.id == importer.own_point_id)
    points = uow.rows(select(t.id, t.code).where(named, t.status == TeachingPointStatus.ENABLED, ~t.deleted))
    majors = {line.entry.major_code for line in lines if line.entry.major_code}
    known = uow.rows(select(programmes).where(p.major_code.in_(majors), ~p.deleted))
    return Surroundings(
        points={row.code: row.id for row in points if importer.may_enter(row.id)},
        programmes=[programme_of(row) for row in known],
        today=uow.today,
    )


def _refuse_taken(uow: UnitOfWork, lines: Sequence[Line[Entry]]) -> None:
    """Put down whose number or document a student has already."""
    if not lines:
        return
    number, document = func.lower(_s.student_number), (_s.id_kind, _s.id_number, _s.level)
    numbers = {line.entry.student_number.lower() for line in lines if line.entry.student_number}
    documents = {_document(line.record) for line in lines if line.record is not None}
    taken_numbers = {taken for (taken,) in uow.rows(select(number).where(number.in_(numbers)))}
    living = select(*document).where(tuple_(*document).in_(documents), _s.status.in_(LIVE))
    taken_documents = {tuple(row) for row in uow.rows(living)}
    for line in lines:
        if line.entry.student_number and line.entry.student_number.lower() in taken_numbers:
            line.refuse("student_number", "student_number_taken")
        if line.record is not None and _document(line.record) in taken_documents:
            line.refuse("id_number", "id_number_taken")


def _document(record: dict[str, Any]) -> tuple[str, str, str]:
    return record["id_kind"], record["id_number"], record["level"]
