"""Fee standards and refund rules."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from chassis.data.bulk import ids_in
from chassis.data.lists import Listing
from chassis.data.unit_of_work import UnitOfWork
from chassis.data.whole_lists import Reader
from contracts.base import Page
from contracts.finance.events import FeeStandardItem
from contracts.finance.queries import ListFeeStandards, ListRefundRules
from contracts.finance.views import FeeStandardView, RefundRuleView
from contracts.types import FeeKind
from services.finance.domain.refunding import RefundRule
from services.finance.tables.fees import fee_standards, refund_rules


def _in_force(day: date, uow: Reader) -> ColumnElement[bool]:
    until = fee_standards.c.valid_until
    return and_(fee_standards.c.valid_from <= day, or_(until.is_(None), until >= day))


STANDARDS = Listing[FeeStandardView](
    ListFeeStandards, fee_standards, filters={"on": _in_force}, always=~fee_standards.c.deleted
)


def list_fee_standards(query: ListFeeStandards, uow: UnitOfWork) -> Page[FeeStandardView]:
    """Fee standards, the newest first."""
    return STANDARDS.page(query, uow)


def fee_standard_items(ids: Sequence[UUID], uow: UnitOfWork) -> list[FeeStandardItem]:
    """Standards as courses copies them, tombstones included."""
    rows = uow.rows(select(fee_standards).where(ids_in(fee_standards.c.id, ids)))
    return [FeeStandardItem(**row._mapping) for row in rows]


RULES = Listing[RefundRuleView](ListRefundRules, refund_rules)


def list_refund_rules(query: ListRefundRules, uow: UnitOfWork) -> Page[RefundRuleView]:
    """The rules that the school has set."""
    return RULES.page(query, uow)


def rule_table(uow: UnitOfWork) -> list[RefundRule]:
    """The rules that the school has set, for computing with."""
    return [RefundRule(FeeKind(row.kind), row.within_days, row.percent) for row in uow.rows(select(refund_rules))]
