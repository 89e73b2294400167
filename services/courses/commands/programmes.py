"""Programmes (CRS-2): drafts are edited, published ones never change, new versions serve later intakes."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, insert, select

from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.rows import change, lock_where, locked, refuse_unknown
from chassis.work.steps import enter_one, take_locked
from contracts.courses.catalogue_commands import (
    CreateProgramme,
    CreateProgrammeVersion,
    ModuleInput,
    OfferProgramme,
    PublishProgramme,
    UpdateProgramme,
)
from contracts.courses.catalogue_views import ProgrammeDetails
from contracts.courses.states import ProgrammeStatus
from contracts.errors import ServiceError
from services.courses.domain.programmes import month_before
from services.courses.domain.workflows import PROGRAMME
from services.courses.queries.programmes import programme_details
from services.courses.tables.catalogue import courses
from services.courses.tables.copies import teaching_points
from services.courses.tables.programmes import programme_courses, programme_modules, programme_points, programmes

ELEMENTS = ("level", "student_type", "student_source", "major_code", "schooling_length")
_NOT_COPIED = {"id", "version", "created_at", "updated_at", "version_number", "status", "from_intake", "until_intake"}


def create_programme(command: CreateProgramme, uow: UnitOfWork) -> ProgrammeDetails:
    """Add a draft. Raises `programme_code_taken`, `some_not_found` for courses."""
    row = enter_one(uow, PROGRAMME, programmes, {"code": command.code, "version_number": 1, **_fields(command)}, "add")
    _fill(uow, row.id, command.modules)
    return programme_details(uow, row.id)


def update_programme(command: UpdateProgramme, uow: UnitOfWork) -> ProgrammeDetails:
    """Change a draft and all that is in it. Raises `programme_not_draft`."""
    before = locked(uow, programmes, command.programme_id, command.version)
    if before.status != ProgrammeStatus.DRAFT:
        raise ServiceError("programme_not_draft")
    change(uow, programmes, before, "edit", _fields(command))
    uow.execute(delete(programme_modules).where(programme_modules.c.programme_id == before.id))
    _fill(uow, before.id, command.modules)
    return programme_details(uow, before.id)


def create_programme_version(command: CreateProgrammeVersion, uow: UnitOfWork) -> ProgrammeDetails:
    """Copy a published programme, with modules, courses and points, into a draft for a later intake."""
    source = uow.one(select(programmes).where(programmes.c.id == command.programme_id))
    versions = lock_where(uow, programmes, programmes.c.code == source.code)
    number = max(row.version_number for row in versions.values()) + 1
    if source.status == ProgrammeStatus.DRAFT:
        raise ServiceError("step_not_allowed", workflow=PROGRAMME.name, state=source.status, action="create_version")
    copied = {str(name): value for name, value in source._mapping.items() if name not in _NOT_COPIED}
    draft = {**copied, "version_number": number, "from_intake": command.from_intake}
    row = enter_one(uow, PROGRAMME, programmes, draft, "add")
    _copy_contents(uow, source.id, row.id)
    return programme_details(uow, row.id)


def publish_programme(command: PublishProgramme, uow: UnitOfWork) -> ProgrammeDetails:
    """`draft` → `published`; the version before it ends with the intake before this one's first."""
    draft = locked(uow, programmes, command.programme_id, command.version)
    published = _published_versions(uow, draft)
    if any(other.from_intake == draft.from_intake for other in published):
        raise ServiceError("programme_version_exists", from_intake=draft.from_intake)
    take_locked(uow, PROGRAMME, programmes, [draft], "publish").whole()
    later = min((other.from_intake for other in published if other.from_intake > draft.from_intake), default=None)
    if later is not None:
        change(uow, programmes, draft, "end", {"until_intake": month_before(later)})
    _end_predecessor(uow, draft, published)
    return programme_details(uow, draft.id)


def offer_programme(command: OfferProgramme, uow: UnitOfWork) -> ProgrammeDetails:
    """Set where a programme is offered. Raises `some_not_found` for points that are not known."""
    before = locked(uow, programmes, command.programme_id, command.version)
    refuse_unknown(uow, teaching_points, command.teaching_point_ids)
    table = programme_points
    removed = uow.rows(delete(table).where(table.c.programme_id == before.id).returning(table.c.teaching_point_id))
    offered = [{"programme_id": before.id, "teaching_point_id": id_} for id_ in command.teaching_point_ids]
    if offered:
        uow.execute(insert(table), offered)
    uow.audit(
        programmes,
        before.id,
        "offer",
        {"teaching_point_ids": [row.teaching_point_id for row in removed]},
        {"teaching_point_ids": command.teaching_point_ids},
    )
    return programme_details(uow, before.id)


def _published_versions(uow: UnitOfWork, draft: Row[Any]) -> list[Row[Any]]:
    """The other published versions for the same five elements. One is published at a time: each looks at the others."""
    elements = {name: draft._mapping[name] for name in ELEMENTS}
    uow.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("/".join(elements.values()), 0))))
    same = (programmes.c[name] == value for name, value in elements.items())
    others = (programmes.c.status == ProgrammeStatus.PUBLISHED, programmes.c.id != draft.id)
    return uow.rows(select(programmes).where(*same, *others))


def _end_predecessor(uow: UnitOfWork, row: Row[Any], published: Sequence[Row[Any]]) -> None:
    earlier = [other for other in published if other.from_intake < row.from_intake]
    if earlier:
        predecessor = max(earlier, key=lambda other: other.from_intake)
        change(uow, programmes, predecessor, "end", {"until_intake": month_before(row.from_intake)})


def _fields(command: CreateProgramme | UpdateProgramme) -> dict[str, Any]:
    values = command.model_dump(include={*ELEMENTS, "name", "major_name", "from_intake", "early_selection"})
    degree = command.degree
    return {
        **values,
        **command.graduation.model_dump(),
        "degree_minimum_average": degree.minimum_average if degree else None,
        "degree_minimum_thesis_mark": degree.minimum_thesis_mark if degree else None,
        "degree_foreign_language_required": degree.foreign_language_required if degree else None,
    }


def _fill(uow: UnitOfWork, programme_id: UUID, modules: Sequence[ModuleInput]) -> None:
    """Write the modules and the courses in them. Raises `some_not_found` when a course does not exist."""
    refuse_unknown(uow, courses, [course.course_id for module in modules for course in module.courses])
    rows = [
        {
            "id": new_id(),
            "programme_id": programme_id,
            "position": position,
            "name": module.name,
            "minimum_credits": module.minimum_credits,
        }
        for position, module in enumerate(modules, start=1)
    ]
    uow.execute(insert(programme_modules), rows)
    placed = [
        {**course.model_dump(), "programme_id": programme_id, "module_id": row["id"]}
        for row, module in zip(rows, modules, strict=True)
        for course in module.courses
    ]
    if placed:
        uow.execute(insert(programme_courses), placed)


def _copy_contents(uow: UnitOfWork, source_id: UUID, programme_id: UUID) -> None:
    """Give one programme the modules, courses and points of another."""
    modules = uow.rows(select(programme_modules).where(programme_modules.c.programme_id == source_id))
    new_ids = {module.id: new_id() for module in modules}
    for table, renamed in ((programme_modules, "id"), (programme_courses, "module_id"), (programme_points, None)):
        rows = [
            {
                **row._mapping,
                "programme_id": programme_id,
                **({renamed: new_ids[row._mapping[renamed]]} if renamed else {}),
            }
            for row in uow.rows(select(table).where(table.c.programme_id == source_id))
        ]
        if rows:
            uow.execute(insert(table), rows)
