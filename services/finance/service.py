"""Finance: what it does, an entry a line."""

from typing import ClassVar

from chassis.service import Service, command, copy, publishes, query, reaction
from contracts.courses.events import CourseState
from contracts.finance.events import BillState, FeeStandardState
from contracts.registry.events import StudentState
from services.finance import commands, queries, reactions, tables


class Finance(Service):
    """Fees, bills, payments, refunds and the ledger."""

    name = "finance"
    metadata = tables.metadata
    conflicts: ClassVar[dict[str, str]] = {
        "ex_fee_standards_overlap": "fee_standards_overlap",
        "uq_refund_rules": "refund_rule_exists",
        "uq_payment_lines_open": "bills_not_unpaid",
    }

    create_fee_standard = command(commands.create_fee_standard)
    end_fee_standard = command(commands.end_fee_standard)
    delete_fee_standard = command(commands.delete_fee_standard)
    create_refund_rule = command(commands.create_refund_rule)
    delete_refund_rule = command(commands.delete_refund_rule)
    update_finance_settings = command(commands.update_finance_settings)
    create_remittance = command(commands.create_remittance)
    attach_receipt = command(commands.attach_receipt)
    revoke_remittance = command(commands.revoke_remittance)
    approve_remittance = command(commands.approve_remittance)
    reject_remittance = command(commands.reject_remittance)
    book_late_remittance = command(commands.book_late_remittance)
    approve_withdrawal_reviews = command(commands.approve_withdrawal_reviews)
    reject_withdrawal_reviews = command(commands.reject_withdrawal_reviews)
    confirm_refunds = command(commands.confirm_refunds)
    fail_refund = command(commands.fail_refund)
    retry_refund = command(commands.retry_refund)

    list_fee_standards = query(queries.list_fee_standards)
    list_refund_rules = query(queries.list_refund_rules)
    get_finance_settings = query(queries.get_finance_settings)
    list_bills = query(queries.list_bills)
    get_bill = query(queries.get_bill)
    list_remittances = query(queries.list_remittances)
    get_remittance = query(queries.get_remittance)
    list_withdrawal_reviews = query(queries.list_withdrawal_reviews)
    get_withdrawal_review = query(queries.get_withdrawal_review)
    list_refunds = query(queries.list_refunds)
    list_suspense = query(queries.list_suspense)
    list_ledger_entries = query(queries.list_ledger_entries)
    get_balance = query(queries.get_balance)
    check_ledger = query(queries.check_ledger)
    list_bill_facts = query(queries.list_bill_facts)

    on_courses_selected = reaction(reactions.on_courses_selected)
    on_selections_closing = reaction(reactions.on_selections_closing)
    on_resits_registered = reaction(reactions.on_resits_registered)
    on_resits_closing = reaction(reactions.on_resits_closing)
    on_withdrawals_sent_to_finance = reaction(reactions.on_withdrawals_sent_to_finance)
    on_registrations_held = reaction(reactions.on_registrations_held)
    on_registration_hold_refused = reaction(reactions.on_registration_hold_refused)
    on_registration_refused = reaction(reactions.on_registration_refused)
    on_transfer_requested = reaction(reactions.on_transfer_requested)
    on_transfer_revoked = reaction(reactions.on_transfer_revoked)
    on_student_transferred = reaction(reactions.on_student_transferred)

    students = copy(StudentState, tables.students)
    courses = copy(CourseState, tables.courses)

    fee_standard_state = publishes(FeeStandardState, queries.fee_standard_items, tables.fee_standards)
    bill_state = publishes(BillState, queries.bill_items, tables.bills)


SERVICE = Finance
