-- What happened to money, in the order of time (services/finance/domain/bookkeeping.py has the accounts).
CREATE UNLOGGED TABLE plan.postings AS
SELECT plan.id_at(what.at, what.throw, b.serial) AS id, what.posting, what.at, what.throw, b.serial, b.id AS bill_id,
    b.teaching_point_id, b.student_id, what.refund_id,
    b.amount, what.debit, what.credit
FROM bills AS b
LEFT JOIN refunds AS r ON r.bill_id = b.id
CROSS JOIN LATERAL (SELECT b.kind || '_fee_income') AS income (account)
CROSS JOIN LATERAL (VALUES
    ('bill_issued', b.issued_at, 20, NULL::uuid, 'receivable', income.account),
    ('bill_cancelled', CASE WHEN b.status = 'cancelled' THEN b.updated_at END, 21, NULL, income.account, 'receivable'),
    ('payment', b.paid_at, 22, NULL, 'bank', 'receivable'),
    ('refund_decided', r.created_at, 23, r.id, income.account, 'refund_payable'),
    ('refund_paid', CASE WHEN r.state = 'completed' THEN r.updated_at END, 24, r.id, 'refund_payable', 'bank')
) AS what (posting, at, throw, refund_id, debit, credit)
WHERE what.at IS NOT NULL
ORDER BY what.at, b.serial, what.throw;

INSERT INTO ledger_transactions (id, posting, bill_id, refund_id, teaching_point_id, student_id, posted_at)
SELECT id, posting, bill_id, refund_id, teaching_point_id, student_id, at FROM plan.postings;

INSERT INTO ledger_entries (
    id, transaction_id, posting, account, teaching_point_id, student_id, bill_id, amount, posted_at
)
SELECT plan.id_at(p.at, p.throw + side.throw, p.serial), p.id, p.posting, side.account,
    p.teaching_point_id, p.student_id, p.bill_id, side.amount, p.at
FROM plan.postings AS p
CROSS JOIN LATERAL (VALUES (10, p.debit, p.amount), (20, p.credit, -p.amount)) AS side (throw, account, amount);
