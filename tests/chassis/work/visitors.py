"""A service that anybody may ask: whether a certificate is genuine, and for a call back."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Boolean, Column, String, Table, UniqueConstraint, select, text
from sqlalchemy.dialects.postgresql import insert

from chassis.base.ids import new_id
from chassis.data.columns import id_column
from chassis.data.row_scope import scope
from chassis.data.tables import service_metadata
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.guards import Allowance, Beyond, Guard, Thing
from chassis.declaring.service import Service, command, query
from chassis.work.public import guarding_tables
from contracts.base import Done, View
from contracts.errors import ServiceError
from contracts.public import PublicCommand, PublicQuery

metadata = service_metadata("visitors")
certificates = Table(
    "certificates",
    metadata,
    id_column(),
    Column("number", String(20), nullable=False),
    Column("revoked", Boolean, nullable=False, server_default=text("false")),
)
calls = Table(
    "calls",
    metadata,
    id_column(),
    Column("mobile", String(11), nullable=False),
    UniqueConstraint("mobile", name="uq_calls_mobile"),
)
messages = Table(
    "messages",
    metadata,
    id_column(),
    Column("mobile", String(11), nullable=False),
    Column("desk", String(11), nullable=False),
    UniqueConstraint("mobile", "desk", name="uq_messages_mobile_desk"),
)
scope(certificates, read_by_all=True)
scope(calls, system_only=True)
scope(messages, system_only=True)
guarding_tables(metadata)


class Certificate(View):
    number: str


class CheckCertificate(PublicQuery, answers=Certificate, service="visitors"):
    """Whether a certificate is genuine."""

    number: str


class AskForCall(PublicCommand, answers=Done, service="visitors"):
    """Be called back."""

    mobile: str


class LeaveMessage(PublicCommand, answers=Done, service="visitors"):
    """Be called back by a desk."""

    mobile: str
    desk: str


def check_certificate(asked: CheckCertificate, uow: UnitOfWork) -> Certificate:
    """Raises `not_found`, and `forbidden` of one that was revoked."""
    found = uow.first(select(certificates).where(certificates.c.number == asked.number))
    if found is None:
        raise ServiceError("not_found")
    if found.revoked:
        raise ServiceError("forbidden")
    return Certificate(number=found.number)


def ask_for_call(asked: AskForCall, uow: UnitOfWork) -> Done:
    """Answers the same where it was asked for already."""
    uow.execute(insert(calls).values(id=new_id(), mobile=asked.mobile).on_conflict_do_nothing())
    return Done()


def is_left(asked: LeaveMessage, uow: UnitOfWork) -> bool:
    same = (messages.c.mobile == asked.mobile, messages.c.desk == asked.desk)
    return uow.first(select(messages.c.id).where(*same)) is not None


def leave_message(asked: LeaveMessage, uow: UnitOfWork) -> Done:
    """Answers the same where it was left already."""
    row = {"id": new_id(), "mobile": asked.mobile, "desk": asked.desk}
    uow.execute(insert(messages).values(row).on_conflict_do_nothing())
    return Done()


class Visitors(Service):
    name = "visitors"
    metadata = metadata
    check_certificate = query(
        check_certificate,
        as_system=True,
        guard=Guard(
            address=Allowance(30, timedelta(hours=1), Beyond.WORK),
            things=(Thing(lambda asked: asked.number, Allowance(5, timedelta(days=1), Beyond.WORK)),),
            no_match="not_found",
        ),
    )
    ask_for_call = command(
        ask_for_call,
        as_system=True,
        guard=Guard(
            address=Allowance(10, timedelta(hours=1)),
            things=(Thing(lambda asked: asked.mobile, Allowance(3, timedelta(days=1))),),
        ),
    )
    leave_message = command(
        leave_message,
        as_system=True,
        guard=Guard(
            address=Allowance(30, timedelta(hours=1), Beyond.WORK),
            things=(
                Thing(lambda asked: asked.mobile, Allowance(5, timedelta(days=1), Beyond.WORK)),
                Thing(lambda asked: asked.desk, Allowance(20, timedelta(days=1), Beyond.WORK)),
            ),
            changes_nothing=is_left,
        ),
    )
