"""Writing to the ledger. The database refuses what does not balance, and any change of what is written."""

from collections.abc import Sequence

from chassis.base.ids import new_id
from chassis.data.bulk import insert_rows
from chassis.data.unit_of_work import UnitOfWork
from services.finance.domain.bookkeeping import Posting, entries
from services.finance.tables.ledger import ledger_entries, ledger_transactions


def post(uow: UnitOfWork, postings: Sequence[Posting]) -> None:
    """Write postings, and all their entries by one statement: the database refuses one that does not balance."""
    transactions, lines = [], []
    for posting in postings:
        transaction_id = new_id()
        shared = {
            "posting": posting.kind,
            "student_id": posting.student_id,
            "bill_id": posting.bill_id,
            "posted_at": uow.now,
        }
        transactions.append(
            {
                **shared,
                "id": transaction_id,
                "teaching_point_id": posting.teaching_point_id,
                "suspense_id": posting.suspense_id,
                "refund_id": posting.refund_id,
            }
        )
        lines += [
            {
                **shared,
                "id": new_id(),
                "transaction_id": transaction_id,
                "account": entry.account,
                "teaching_point_id": entry.teaching_point_id,
                "amount": entry.amount,
            }
            for entry in entries(posting)
        ]
    if transactions:
        uow.execute(insert_rows(ledger_transactions, transactions))
        uow.execute(insert_rows(ledger_entries, lines))
