"""Finance: what it does, an entry a line."""

from typing import ClassVar

from chassis.declaring.service import Service, command, copy, publishes, query, reaction, scheduled
from chassis.documents.making import made
from chassis.running.exports import exported
from chassis.work.to_do import Waiting
from contracts.courses.events import CourseState
from contracts.finance.events import BillState, FeeStandardState, FinanceDecided, FinanceTrailSealed
from contracts.finance.queries import ListRefunds, ListRemittances, ListWithdrawalReviews
from contracts.identity.events import SchoolSettingState
from contracts.registry.events import StudentState
from services.finance import jobs, tasks
from services.finance.commands import refunds as refund_commands
from services.finance.commands import remittances as remittance_commands
from services.finance.commands import reviews as review_commands
from services.finance.commands import standards as standard_commands
from services.finance.documents.remittance_slip import REMITTANCE_SLIPS
from services.finance.domain.settings import SETTINGS
from services.finance.domain.workflows import REFUND, REMITTANCE, REVIEW
from services.finance.queries import bills as bill_queries
from services.finance.queries import ledger, proof
from services.finance.queries import refunds as refund_queries
from services.finance.queries import remittances as remittance_queries
from services.finance.queries import reviews as review_queries
from services.finance.queries import standards as standard_queries
from services.finance.reactions import billing, closing, transfers, withdrawals
from services.finance.tables import bills as bill_tables
from services.finance.tables import copies, fees, shared
from services.finance.tables import payments as payment_tables
from services.finance.tables import refunds as refund_tables


class Finance(Service):
    """Fees, bills, payments, refunds and the ledger."""

    name = "finance"
    metadata = shared.metadata
    conflicts: ClassVar[dict[str, str]] = {
        "ex_fee_standards_overlap": "fee_standards_overlap",
        "uq_refund_rules": "refund_rule_exists",
        "uq_payment_lines_open": "bills_not_unpaid",
    }

    settings = SETTINGS
    decided = FinanceDecided
    to_do = (
        Waiting(REMITTANCE, payment_tables.remittances, ListRemittances),
        Waiting(REVIEW, refund_tables.withdrawal_reviews, ListWithdrawalReviews),
        Waiting(REFUND, refund_tables.refunds, ListRefunds),
    )
    trail_sealed = FinanceTrailSealed

    create_fee_standard = command(standard_commands.create_fee_standard)
    end_fee_standard = command(standard_commands.end_fee_standard)
    delete_fee_standard = command(standard_commands.delete_fee_standard)
    create_refund_rule = command(standard_commands.create_refund_rule)
    delete_refund_rule = command(standard_commands.delete_refund_rule)
    create_remittance = command(remittance_commands.create_remittance)
    attach_receipt = command(remittance_commands.attach_receipt)
    revoke_remittance = command(remittance_commands.revoke_remittance)
    approve_remittance = command(remittance_commands.approve_remittance)
    reject_remittance = command(remittance_commands.reject_remittance)
    remittance_slips = made(REMITTANCE_SLIPS)
    book_late_remittance = command(remittance_commands.book_late_remittance)
    approve_withdrawal_reviews = command(review_commands.approve_withdrawal_reviews)
    reject_withdrawal_reviews = command(review_commands.reject_withdrawal_reviews)
    confirm_refunds = command(refund_commands.confirm_refunds)
    fail_refund = command(refund_commands.fail_refund)
    retry_refund = command(refund_commands.retry_refund)

    list_fee_standards = query(standard_queries.list_fee_standards)
    list_refund_rules = query(standard_queries.list_refund_rules)
    bill_exports = exported(tasks.BILLS_AS_FILE)
    list_bills = query(bill_queries.list_bills)
    get_bill = query(bill_queries.get_bill)
    list_remittances = query(remittance_queries.list_remittances)
    get_remittance = query(remittance_queries.get_remittance)
    list_withdrawal_reviews = query(review_queries.list_withdrawal_reviews)
    get_withdrawal_review = query(review_queries.get_withdrawal_review)
    list_refunds = query(refund_queries.list_refunds)
    list_suspense = query(refund_queries.list_suspense)
    list_ledger_entries = query(ledger.list_ledger_entries)
    get_balance = query(ledger.get_balance)
    get_payments_by_day = query(ledger.get_payments_by_day)
    check_ledger = query(proof.check_ledger)
    list_bill_statements = query(proof.list_bill_statements)

    on_courses_selected = reaction(billing.on_courses_selected)
    on_selections_closing = reaction(closing.on_selections_closing)
    on_resits_registered = reaction(billing.on_resits_registered)
    on_resits_closing = reaction(closing.on_resits_closing)
    on_withdrawals_sent_to_finance = reaction(withdrawals.on_withdrawals_sent_to_finance)
    on_registrations_held = reaction(withdrawals.on_registrations_held)
    on_registration_hold_refused = reaction(withdrawals.on_registration_hold_refused)
    on_registration_refused = reaction(withdrawals.on_registration_refused)
    on_transfer_requested = reaction(transfers.on_transfer_requested)
    on_transfer_revoked = reaction(transfers.on_transfer_revoked)
    on_student_transferred = reaction(transfers.on_student_transferred)

    prove_books = scheduled(jobs.prove_books, every=jobs.PROVEN_EVERY)

    students = copy(StudentState, copies.students)
    courses = copy(CourseState, copies.courses)
    shared_settings = copy(SchoolSettingState, copies.shared_settings, needed=False)

    fee_standard_state = publishes(FeeStandardState, standard_queries.fee_standard_items, fees.fee_standards)
    bill_state = publishes(BillState, bill_queries.bill_items, bill_tables.bills)


SERVICE = Finance
