"""What the school sets: fee standards and refund rules."""

from sqlalchemy import delete, select

from chassis.data.unit_of_work import UnitOfWork
from chassis.work.rows import add, change, edit, locked
from contracts.base import Done
from contracts.errors import FieldError, ServiceError
from contracts.finance.commands import (
    CreateFeeStandard,
    CreateRefundRule,
    DeleteFeeStandard,
    DeleteRefundRule,
    EndFeeStandard,
)
from contracts.finance.views import FeeStandardView, RefundRuleView
from services.finance.tables.bills import bills
from services.finance.tables.fees import fee_standards, refund_rules


def create_fee_standard(command: CreateFeeStandard, uow: UnitOfWork) -> FeeStandardView:
    """Set a fee. Two that would be in force for the same students on one day are kept apart by a constraint."""
    return FeeStandardView(**add(uow, fee_standards, command.model_dump(), "create")._mapping)


def end_fee_standard(command: EndFeeStandard, uow: UnitOfWork) -> FeeStandardView:
    """Give a standard its last day."""
    standard = uow.one(
        select(fee_standards).where(fee_standards.c.id == command.fee_standard_id, ~fee_standards.c.deleted)
    )
    if command.valid_until < standard.valid_from:
        raise ServiceError("validation_failed", errors=[FieldError("valid_until", "window_reversed")])
    values = {"valid_until": command.valid_until}
    row = edit(uow, fee_standards, command.fee_standard_id, command.version, values)
    return FeeStandardView(**row._mapping)


def delete_fee_standard(command: DeleteFeeStandard, uow: UnitOfWork) -> Done:
    """Remove a standard by which no bill was made. Its row stays as the tombstone that the copies hear of."""
    standard = locked(uow, fee_standards, command.fee_standard_id, command.version)
    if standard.deleted:
        raise ServiceError("not_found")
    if uow.first(select(bills.c.id).where(bills.c.fee_standard_id == command.fee_standard_id).limit(1)) is not None:
        raise ServiceError("still_in_use")
    change(uow, fee_standards, standard, "delete", {"deleted": True})
    return Done()


def create_refund_rule(command: CreateRefundRule, uow: UnitOfWork) -> RefundRuleView:
    """Say how much of a kind of fee goes back."""
    return RefundRuleView(**add(uow, refund_rules, command.model_dump(), "create")._mapping)


def delete_refund_rule(command: DeleteRefundRule, uow: UnitOfWork) -> Done:
    """Remove a rule."""
    rule = locked(uow, refund_rules, command.refund_rule_id, command.version)
    uow.execute(delete(refund_rules).where(refund_rules.c.id == rule.id))
    before = {"kind": rule.kind, "within_days": rule.within_days, "percent": rule.percent}
    uow.audit(refund_rules, rule.id, "delete", before=before)
    return Done()
