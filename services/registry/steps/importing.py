"""Entering imported rows: every rule checked with all reasons, one insert for a block."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, tuple_

from chassis.base.ids import new_id
from chassis.data.bulk import insert_rows
from chassis.data.unit_of_work import UnitOfWork
from chassis.papers.spreadsheets import BadRow, CellError
from contracts.errors import JsonValue
from contracts.identity.states import TeachingPointStatus
from contracts.registry.states import IdKind
from services.registry.domain.days import implausible_days
from services.registry.domain.id_numbers import Identification, identify
from services.registry.domain.programmes import Elements, Programme, find_programme
from services.registry.domain.status_changes import LIVE, leads_to_degree
from services.registry.papers.workbook import OPEN_EDUCATION, TITLES, Entry
from services.registry.tables import programmes, students, teaching_points

_s = students.c


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the workbook: what was read, and the row to give back with what is wrong with it so far."""

    entry: Entry
    row: BadRow


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a row is checked against: usable teaching points by code, the point of who imports, programmes, today."""

    points: dict[str, UUID]
    own_point_id: UUID | None
    programmes: Sequence[Programme]
    today: date


def enter(
    uow: UnitOfWork, lines: Sequence[Line], *, own_point_id: UUID | None, allowed_points: Collection[UUID] | None
) -> list[BadRow]:
    """Enter the good rows as students and return the others. `allowed_points`: None for the whole school."""
    around = _surroundings(uow, lines, own_point_id, allowed_points)
    records: dict[int, dict[str, Any]] = {}
    bad: dict[int, BadRow] = {}
    for line in lines:
        record, errors = check(line.entry, around)
        errors = [*line.row.errors, *errors]
        if record is None or errors:
            bad[line.row.number] = BadRow(line.row.number, line.row.texts, tuple(errors))
        else:
            records[line.row.number] = record
    taken = _insert(uow, list(records.values()))
    for line in lines:
        number = line.row.number
        if number in records and (reasons := taken.get(records[number]["id"])):
            bad[number] = BadRow(number, line.row.texts, tuple(reasons))
    return [bad[number] for number in sorted(bad)]


def check(entry: Entry, around: Surroundings) -> tuple[dict[str, Any] | None, list[CellError]]:
    """The record that a row makes, and what is wrong with the row beyond its single cells.

    A field that is missing has its reason already; what depends on it is not judged.
    """
    errors: list[CellError] = []
    identification = _identify(entry, around.today, errors)
    if identification is not None:
        days = implausible_days(
            identification.birth_on, entry.enrolled_on, entry.prior_graduated_on, today=around.today
        )
        errors += [_error(field, code) for field, code in days]
    point_id = _point(entry, around, errors)
    programme = _programme(entry, point_id, around, errors)
    if entry.degree_intent and entry.level and not leads_to_degree(entry.level):
        errors.append(_error("degree_intent", "degree_not_possible"))
    if identification is None or programme is None or entry.intake is None:
        return None, errors
    typed = entry.model_dump(exclude={"teaching_point_code", "enrolled_on", "degree_intent"})
    record = {
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
        "enrolled_on": entry.enrolled_on or date(int(entry.intake[:4]), int(entry.intake[4:]), 1),
        "degree_intent": bool(entry.degree_intent),
    }
    return record, errors


def _error(field: str, code: str, /, **params: JsonValue) -> CellError:
    return CellError(TITLES[field], code, params)


def _identify(entry: Entry, today: date, errors: list[CellError]) -> Identification | None:
    if entry.id_number is None:
        return None
    kind = entry.id_kind or IdKind.RESIDENT
    identification, codes = identify(kind, entry.id_number, entry.gender, entry.birth_on, today)
    errors += [_error("birth_on" if code == "birth_date_required" else "id_number", code) for code in codes]
    return identification


def _point(entry: Entry, around: Surroundings, errors: list[CellError]) -> UUID | None:
    if entry.teaching_point_code is None:
        if around.own_point_id is None:
            errors.append(_error("teaching_point_code", "field_required"))
        elif around.own_point_id not in around.points.values():
            errors.append(_error("teaching_point_code", "teaching_point_not_enabled"))
        return around.own_point_id
    point_id = around.points.get(entry.teaching_point_code)
    if point_id is None:
        errors.append(_error("teaching_point_code", "teaching_point_unknown", code=entry.teaching_point_code))
    return point_id


def _programme(entry: Entry, point_id: UUID | None, around: Surroundings, errors: list[CellError]) -> Programme | None:
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
        errors.append(_error("major_code", "no_programme_matches"))
    return programme


def _surroundings(
    uow: UnitOfWork, lines: Sequence[Line], own_point_id: UUID | None, allowed_points: Collection[UUID] | None
) -> Surroundings:
    codes = {line.entry.teaching_point_code for line in lines if line.entry.teaching_point_code}
    p, t = programmes.c, teaching_points.c
    named = or_(t.code.in_(codes), t.id == own_point_id)
    points = uow.rows(select(t.id, t.code).where(named, t.status == TeachingPointStatus.ENABLED, ~t.deleted))
    majors = {line.entry.major_code for line in lines if line.entry.major_code}
    known = uow.rows(select(programmes).where(p.major_code.in_(majors), ~p.deleted))
    return Surroundings(
        points={row.code: row.id for row in points if allowed_points is None or row.id in allowed_points},
        own_point_id=own_point_id,
        programmes=[
            Programme(
                row.id,
                Elements(row.level, row.student_type, row.student_source, row.major_code, row.schooling_length),
                row.major_name,
                row.status,
                row.from_intake,
                row.until_intake,
                frozenset(UUID(id_) for id_ in row.teaching_point_ids),
            )
            for row in known
        ],
        today=uow.today,
    )


def _insert(uow: UnitOfWork, records: Sequence[dict[str, Any]]) -> dict[UUID, list[CellError]]:
    """Enter records; for those that a constraint kept out, why. Whoever comes at the same moment waits there."""
    if not records:
        return {}
    entered = {row.id for row in uow.rows(insert_rows(students, records).on_conflict_do_nothing().returning(_s.id))}
    for record in records:
        if record["id"] in entered:
            facts = {name: record[name] for name in ("student_number", "teaching_point_id", "programme_id", "intake")}
            uow.audit(students, record["id"], "import", after=facts)
    return _taken(uow, [record for record in records if record["id"] not in entered])


def _taken(uow: UnitOfWork, kept_out: Sequence[dict[str, Any]]) -> dict[UUID, list[CellError]]:
    if not kept_out:
        return {}
    number = func.lower(_s.student_number)
    numbers = select(number).where(number.in_([record["student_number"].lower() for record in kept_out]))
    documents = select(_s.id_kind, _s.id_number, _s.level).where(
        tuple_(_s.id_kind, _s.id_number, _s.level).in_([_document(record) for record in kept_out]),
        _s.status.in_(LIVE),
    )
    taken_numbers = {number for (number,) in uow.rows(numbers)}
    taken_documents = {tuple(row) for row in uow.rows(documents)}
    reasons = {}
    for record in kept_out:
        errors = []
        if record["student_number"].lower() in taken_numbers:
            errors.append(_error("student_number", "student_number_taken"))
        if _document(record) in taken_documents:
            errors.append(_error("id_number", "id_number_taken"))
        reasons[record["id"]] = errors or [CellError("", "already_exists")]
    return reasons


def _document(record: dict[str, Any]) -> tuple[str, str, str]:
    return record["id_kind"], record["id_number"], record["level"]
