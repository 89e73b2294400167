"""A small service that the chassis is tested with: teaching points lend parcels and hear of students."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    insert,
    select,
    update,
)

from chassis.base.failures import NotYet
from chassis.base.ids import new_id
from chassis.data.bulk import ids_in
from chassis.data.columns import id_column, stamps
from chassis.data.row_scope import scope
from chassis.data.tables import copy_table, service_metadata
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import Service, command, copy, publishes, query, reaction, scheduled
from chassis.work.rows import edit
from contracts.base import Command, Contract, Fact, Page, PageQuery, State, StateItem, TryableCommand, View
from contracts.errors import ServiceError

metadata = service_metadata("example")
parcels = Table(
    "parcels",
    metadata,
    id_column(),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("label", String(40), nullable=False),
    Column("weight", Integer, nullable=False, server_default="0"),
    *stamps(),
    UniqueConstraint("label", name="uq_parcels_label"),
)
scope(parcels, point="teaching_point_id")
learners = copy_table("learners", metadata, Column("nickname", String(40), nullable=False))
scope(learners, read_by_all=True)


class ParcelView(View):
    id: UUID
    label: str
    version: int


class AddParcel(TryableCommand, answers=ParcelView, service="example"):
    teaching_point_id: UUID
    label: str


class WeighParcel(Command, answers=ParcelView, service="example"):
    parcel_id: UUID
    version: int
    weight: int


class TouchParcel(Command, answers=ParcelView, service="example"):
    """Nothing refuses it a second time: only the key does."""

    parcel_id: UUID


class ListParcels(PageQuery, answers=Page[ParcelView], service="example", order="id"):
    pass


class ParcelItem(StateItem):
    label: str


class ParcelState(State[ParcelItem], owner="example", version=1, unheard=True):
    pass


class LearnerItem(StateItem):
    nickname: str


class LearnerState(State[LearnerItem], owner="elsewhere", version=1):
    pass


class Weight(Contract):
    label: str
    grams: int


class ParcelsWeighed(Fact, owner="elsewhere", version=1, rows="weights"):
    weights: tuple[Weight, ...]


class ParcelAdded(Fact, owner="example", version=1, unheard=True):
    parcel_id: UUID


def add_parcel(command: AddParcel, uow: UnitOfWork) -> ParcelView:
    row = uow.one(
        insert(parcels)
        .values(id=new_id(), teaching_point_id=command.teaching_point_id, label=command.label)
        .returning(parcels)
    )
    uow.audit(parcels, row.id, "add", after={"label": row.label, "id_number": "110105199001011234"})
    uow.publish(ParcelAdded(parcel_id=row.id))
    return ParcelView(id=row.id, label=row.label, version=row.version)


def weigh_parcel(command: WeighParcel, uow: UnitOfWork) -> ParcelView:
    if command.weight < 0:
        raise ServiceError("validation_failed")
    row = edit(uow, parcels, command.parcel_id, command.version, {"weight": command.weight})
    return ParcelView(id=row.id, label=row.label, version=row.version)


def touch_parcel(command: TouchParcel, uow: UnitOfWork) -> ParcelView:
    row = uow.one(
        update(parcels).where(parcels.c.id == command.parcel_id).values(label=parcels.c.label).returning(parcels)
    )
    return ParcelView(id=row.id, label=row.label, version=row.version)


def list_parcels(query: ListParcels, uow: UnitOfWork) -> Page[ParcelView]:
    rows = uow.rows(select(parcels).order_by(parcels.c.id))
    items = tuple(ParcelView(id=r.id, label=r.label, version=r.version) for r in rows)
    return Page[ParcelView](items=items, page=1, size=query.size, total=len(items))


def parcel_items(ids: Sequence[UUID], uow: UnitOfWork) -> list[ParcelItem]:
    return [
        ParcelItem(id=r.id, version=r.version, label=r.label)
        for r in uow.rows(select(parcels).where(ids_in(parcels.c.id, ids)))
    ]


def on_parcels_weighed(events: Sequence[ParcelsWeighed], uow: UnitOfWork) -> None:
    """Adds grams to parcels: not idempotent by itself, so a doubled event would show."""
    for event in events:
        for weight in event.weights:
            if weight.grams < 0:
                raise ServiceError("validation_failed")
            if weight.grams == 13:
                raise KeyError("a bug")
            heavier = update(parcels).where(parcels.c.label == weight.label)
            if not uow.execute(heavier.values(weight=parcels.c.weight + weight.grams)).rowcount:
                raise NotYet("parcel_unknown")


def drop_heavy(uow: UnitOfWork) -> int:
    light = update(parcels).where(parcels.c.weight > 1000).values(weight=0)
    return uow.execute(light).rowcount


class Example(Service):
    name = "example"
    metadata = metadata
    conflicts: ClassVar[dict[str, str]] = {"uq_parcels_label": "already_exists"}
    add_parcel = command(add_parcel)
    weigh_parcel = command(weigh_parcel)
    touch_parcel = command(touch_parcel)
    list_parcels = query(list_parcels)
    on_parcels_weighed = reaction(on_parcels_weighed)
    learners = copy(LearnerState, learners)
    parcel_state = publishes(ParcelState, parcel_items, parcels)
    drop_heavy = scheduled(drop_heavy, every=timedelta(minutes=5))


class Elsewhere(Service):
    """Who publishes what the example hears."""

    name = "elsewhere"
    metadata = service_metadata("elsewhere")


SERVICE = Example


def build(connection: Connection, service: type[Service]) -> None:
    """Make the tables without migrations."""
    service.metadata.create_all(connection)
