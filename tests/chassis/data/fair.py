"""A made-up fair: visitors in parties, and tickets that stalls have sold them: a list that is found in every way."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Column, Index, Integer, Select, Table, Text, Uuid, select

from chassis.data.columns import id_column, instant, one_of, stamps
from chassis.data.groups import group_column, grouped, in_group
from chassis.data.lists import Listing
from chassis.data.pages import on_days
from chassis.data.row_scope import scope
from chassis.data.tables import service_metadata
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import Service, query
from contracts.base import Page, PageQuery, View
from contracts.types import Day, Id

metadata = service_metadata("fair")
visitors = Table(
    "visitors",
    metadata,
    id_column(),
    Column("name", Text, nullable=False),
    Column("town", Text, nullable=False),
    Column("age", Text, nullable=False),
    Column("teaching_point_id", Uuid, nullable=False),
    group_column("party_id"),
    *stamps(),
)
scope(visitors, point="teaching_point_id", student="id")
parties = grouped(visitors, "parties", ("town", "age"), key="party_id")


class TicketState(StrEnum):
    OPEN = "open"
    USED = "used"
    VOID = "void"


tickets = Table(
    "tickets",
    metadata,
    id_column(),
    Column("visitor_id", Uuid, nullable=False),
    Column("teaching_point_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("ride", Text, nullable=False),
    Column("price", Integer),
    group_column("party_id"),
    instant("sold_at"),
    *stamps(),
    one_of("state", TicketState),
    Index("ix_tickets_of_point", "teaching_point_id", "state", "sold_at", "id"),
    Index("ix_tickets_of_fair", "state", "sold_at", "id"),
    Index("ix_tickets_party_of_point", "teaching_point_id", "party_id", "sold_at", "id"),
    Index("ix_tickets_party", "party_id", "state", "sold_at", "id"),
)
scope(tickets, point="teaching_point_id", student="visitor_id", course="id")
in_group(tickets, parties, by="visitor_id")


class TicketView(View):
    id: UUID
    visitor_name: str | None
    town: str | None
    age: str | None
    state: TicketState
    ride: str
    price: int | None
    sold_at: datetime


class ListTickets(
    PageQuery,
    answers=Page[TicketView],
    service="fair",
    order="-sold_at",
    sorts=("price", "visitor_name"),
    together=(("town", "state"),),
    looked_at=("ride",),
):
    """Tickets."""

    teaching_point_id: Id | None = None
    visitor_id: Id | None = None
    state: TicketState | None = None
    ride: str | None = None
    town: str | None = None
    age: str | None = None
    since: Day | None = None
    name: str | None = None


def _tickets() -> Select[tuple[object]]:
    whose = visitors.c.name.label("visitor_name"), visitors.c.town, visitors.c.age
    return select(tickets, *whose).outerjoin(visitors, visitors.c.id == tickets.c.visitor_id)


TICKETS = Listing[TicketView](
    ListTickets,
    tickets,
    shown=_tickets,
    filters={
        "since": lambda day, uow: on_days(tickets.c.sold_at, day, None),
        "name": lambda name, uow: visitors.c.name == name,
    },
    sorts={"visitor_name": visitors.c.name},
    few=frozenset({"visitor_id"}),
)


def list_tickets(query: ListTickets, uow: UnitOfWork) -> Page[TicketView]:
    """The list."""
    return TICKETS.page(query, uow)


class Fair(Service):
    """The service."""

    name = "fair"
    metadata = metadata
    list_tickets = query(list_tickets)
