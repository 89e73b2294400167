"""A made-up shop whose orders go out as a file: all that an export takes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Column, Date, Numeric, Table, Text, Uuid

from chassis.data.columns import id_column
from chassis.data.lists import Listing
from chassis.data.row_scope import scope
from chassis.data.tables import service_metadata
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import Service, query
from chassis.running.exports import ListExport, exported
from contracts.base import Contract, Page, PageQuery, View
from contracts.common import TaskView
from contracts.exports import Export
from contracts.types import Gender, Id

metadata = service_metadata("shop")
orders = Table(
    "orders",
    metadata,
    id_column(),
    Column("name", Text, nullable=False),
    Column("gender", Text, nullable=False),
    Column("amount", Numeric(10, 2), nullable=False),
    Column("birth_on", Date),
    Column("teaching_point_id", Uuid, nullable=False),
)
scope(orders, point="teaching_point_id")


class OrderView(View):
    id: UUID
    name: str
    gender: Gender
    amount: Decimal
    birth_on: date | None


points = Table("points", metadata, Column("id", Uuid, primary_key=True), Column("name", Text))
scope(points, point="id")


class OrderFilters(Contract):
    gender: Gender | None = None
    teaching_point_id: Id | None = None


class ListOrders(OrderFilters, PageQuery, answers=Page[OrderView], service="shop", order="name", sorts=("amount",)):
    pass


class ExportOrders(OrderFilters, Export, answers=TaskView, service="shop"):
    pass


def list_orders(query: ListOrders, uow: UnitOfWork) -> Page[OrderView]:
    return Listing[OrderView](ListOrders, orders).page(query, uow)


ORDERS = ListExport(
    "student_export",
    ExportOrders,
    list_orders,
    ("name", "gender", "amount", "birth_on"),
    known_by={"teaching_point_id": points.c.name},
    max_rows=5000,
)


class Shop(Service):
    name = "shop"
    metadata = metadata
    list_orders = query(list_orders)
    order_exports = exported(ORDERS)


SERVICE = Shop
