"""Fee standards and refund rules."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select

from chassis.data.bulk import ids_in
from chassis.data.pages import equals, page_of
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.school_settings import setting, setting_views
from contracts.base import Page
from contracts.finance.events import FeeStandardItem
from contracts.finance.queries import GetFinanceSettings, ListFeeStandards, ListRefundRules
from contracts.finance.views import FeeStandardView, FinanceSettingsView, RefundRuleView
from contracts.types import FeeKind
from services.finance.domain.refunding import RefundRule
from services.finance.domain.settings import GRACE_DAYS
from services.finance.tables.fees import fee_standards, refund_rules


def list_fee_standards(query: ListFeeStandards, uow: UnitOfWork) -> Page[FeeStandardView]:
    """Fee standards, the newest first."""
    columns = fee_standards.c
    statement = select(fee_standards).where(
        ~columns.deleted, equals(columns.education_level, query.education_level), equals(columns.kind, query.kind)
    )
    if query.on is not None:
        statement = statement.where(
            columns.valid_from <= query.on, or_(columns.valid_until.is_(None), columns.valid_until >= query.on)
        )
    sortable = {"valid_from": columns.valid_from, "amount": columns.amount}
    return page_of(FeeStandardView, uow, statement, query, sortable=sortable, default="-valid_from")


def fee_standard_items(ids: Sequence[UUID], uow: UnitOfWork) -> list[FeeStandardItem]:
    """Standards as courses copies them, tombstones included."""
    rows = uow.rows(select(fee_standards).where(ids_in(fee_standards.c.id, ids)))
    return [FeeStandardItem(**row._mapping) for row in rows]


def list_refund_rules(query: ListRefundRules, uow: UnitOfWork) -> Page[RefundRuleView]:
    """The rules that the school has set."""
    sortable = {"kind": refund_rules.c.kind, "within_days": refund_rules.c.within_days}
    return page_of(RefundRuleView, uow, select(refund_rules), query, sortable=sortable, default="kind")


def rule_table(uow: UnitOfWork) -> list[RefundRule]:
    """The rules that the school has set, for computing with."""
    return [RefundRule(FeeKind(row.kind), row.within_days, row.percent) for row in uow.rows(select(refund_rules))]


def get_finance_settings(query: GetFinanceSettings, uow: UnitOfWork) -> FinanceSettingsView:
    """For gateways of the version before: what the school has set, or what holds until it does."""
    (grace,) = setting_views(uow, [GRACE_DAYS])
    return FinanceSettingsView(grace_days=setting(uow, GRACE_DAYS), version=grace.version)
