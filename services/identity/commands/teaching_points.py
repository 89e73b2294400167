"""Teaching points (IDN-5)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.rows import add, change, edit, locked
from contracts.errors import ServiceError
from contracts.identity.commands import (
    CreateTeachingPoint,
    DisableTeachingPoint,
    EnableTeachingPoint,
    PointInformationInput,
    RenameTeachingPoint,
    UpdatePointInformation,
)
from contracts.identity.states import CoordinateSystem, NameChangeKind, TeachingPointStatus
from contracts.identity.views import TeachingPointDetails
from services.identity.domain.coordinates import wgs84
from services.identity.queries.people import teaching_point_details
from services.identity.steps.revoking import revoke_users
from services.identity.tables.points import teaching_point_names, teaching_points
from services.identity.tables.users import users


def create_teaching_point(command: CreateTeachingPoint, uow: UnitOfWork) -> TeachingPointDetails:
    """Add a teaching point. Raises `teaching_point_code_taken` (by its constraint)."""
    information = _stored(command.information)
    values = {"code": command.code, "name": command.name, "information": information}
    return teaching_point_details(uow, add(uow, teaching_points, values, "create").id)


def update_point_information(command: UpdatePointInformation, uow: UnitOfWork) -> TeachingPointDetails:
    """Change address, recruiters and phones. Raises `not_found`, `stale_version`."""
    information = _stored(command.information)
    edit(uow, teaching_points, command.teaching_point_id, command.version, {"information": information})
    return teaching_point_details(uow, command.teaching_point_id)


def rename_teaching_point(command: RenameTeachingPoint, uow: UnitOfWork) -> TeachingPointDetails:
    """Give a point another name and keep the former one. Raises `not_found`, `stale_version`."""
    point = locked(uow, teaching_points, command.teaching_point_id, command.version)
    change(uow, teaching_points, point, "edit", {"name": command.name})
    _keep_name(uow, point.id, point.name, NameChangeKind.RENAMED, None)
    return teaching_point_details(uow, point.id)


def disable_teaching_point(command: DisableTeachingPoint, uow: UnitOfWork) -> TeachingPointDetails:
    """Disable a point; its users' sessions end. Raises `not_found` (of either point), `stale_version`."""
    point = locked(uow, teaching_points, command.teaching_point_id, command.version)
    if command.merged_into_id is not None:
        if command.merged_into_id == point.id:
            raise ServiceError("not_found")
        uow.one(select(teaching_points.c.id).where(teaching_points.c.id == command.merged_into_id))
        _keep_name(uow, point.id, point.name, NameChangeKind.MERGED, command.merged_into_id)
    change(uow, teaching_points, point, "disable", {"status": TeachingPointStatus.DISABLED})
    details = teaching_point_details(uow, point.id)
    revoke_users(uow, users.c.teaching_point_id == point.id, end_sessions=True)
    return details


def enable_teaching_point(command: EnableTeachingPoint, uow: UnitOfWork) -> TeachingPointDetails:
    """Enable a point again. Raises `not_found`, `stale_version`."""
    values = {"status": TeachingPointStatus.ENABLED}
    edit(uow, teaching_points, command.teaching_point_id, command.version, values)
    return teaching_point_details(uow, command.teaching_point_id)


def _stored(information: PointInformationInput) -> dict[str, Any]:
    """As it is kept: whichever map its coordinates were copied from, they are those of WGS 84."""
    stored = information.model_dump(mode="json")
    address = stored["address"]
    system = CoordinateSystem(address.pop("coordinates_of"))
    if address["longitude"] is not None and address["latitude"] is not None:
        address["longitude"], address["latitude"] = wgs84(address["longitude"], address["latitude"], system)
    return stored


def _keep_name(uow: UnitOfWork, point_id: UUID, name: str, kind: NameChangeKind, merged_into_id: UUID | None) -> None:
    row = {"id": new_id(), "teaching_point_id": point_id, "name": name, "kind": kind}
    uow.execute(insert(teaching_point_names).values(**row, until=uow.now, merged_into_id=merged_into_id))
