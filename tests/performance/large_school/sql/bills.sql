-- Slips first: their numbers count up in the order of time, anew each month.
CREATE UNLOGGED TABLE plan.slips AS
SELECT slip, point_id, created_at, reviewed_at, reviewed_at < clock.now AS approved,
    plan.id_at(created_at, 8, row_number() OVER (ORDER BY created_at, slip)) AS id,
    'HK' || to_char(created_at, 'YYYYMM') AS beginning,
    row_number() OVER (PARTITION BY to_char(created_at, 'YYYYMM') ORDER BY created_at, slip) AS serial
FROM (
    SELECT slip, point_id, slip_at AS created_at, reviewed_at FROM plan.picks WHERE slip IS NOT NULL
    GROUP BY slip, point_id, slip_at, reviewed_at
) AS made CROSS JOIN plan.clock;

INSERT INTO billings (id, source, outcome, decided_at)
SELECT plan.id_at(selected_at, 6, number), 'selection', 'billed', selected_at + interval '1 second'
FROM plan.picks ORDER BY number;

INSERT INTO bills (
    id, source_kind, source_id, student_id, teaching_point_id, course_id, exam_round_id, exam_kind, kind,
    fee_standard_id, amount, status, method, remittance_id, refunded_amount, grace_until, issued_at, paid_at, cohort_id,
    version, created_at, updated_at
)
SELECT plan.id_at(p.selected_at + interval '1 second', 9, p.number::bigint * 2 + (fee.kind = 'exam')::int), 'selection',
    plan.id_at(p.selected_at, 6, p.number), p.student_id, p.point_id, c.id,
    CASE WHEN fee.kind = 'exam' THEN intakes.exam_round_id END, CASE WHEN fee.kind = 'exam' THEN c.exam_kind END,
    fee.kind,
    fee.standard, fee.amount, fate.status, CASE WHEN fate.paid THEN 'remittance' END, slips.id,
    CASE WHEN fate.status = 'refunded' THEN fee.amount ELSE 0 END,
    CASE WHEN p.state = 'pending' AND p.settled THEN clock.now + interval '1 year' END,
    p.selected_at + interval '1 second',
    CASE WHEN fate.paid THEN p.reviewed_at END, students.cohort_id,
    CASE fate.status WHEN 'unpaid' THEN 1 WHEN 'remitting' THEN 2 WHEN 'cancelled' THEN 2 WHEN 'paid' THEN 3
        WHEN 'refunding' THEN 4 ELSE 5 END,
    p.selected_at + interval '1 second',
    CASE fate.status WHEN 'unpaid' THEN p.selected_at + interval '1 second' WHEN 'remitting' THEN p.slip_at
        WHEN 'paid' THEN p.reviewed_at WHEN 'refunding' THEN p.decided_at
        WHEN 'refunded' THEN p.decided_at + interval '3 days'
        ELSE CASE WHEN p.state = 'lapsed' THEN intakes.payment_deadline
            ELSE plan.later(p.selected_at, interval '3 days', clock.now, 0.5) END END
FROM plan.picks AS p
JOIN plan.courses AS c ON c.number = p.course
JOIN plan.intakes ON intakes.number = p.intake
JOIN public.students ON students.id = p.student_id
JOIN plan.prices ON prices.levels = c.levels AND prices.kind = p.kind AND prices.intake = p.intake
LEFT JOIN plan.slips ON slips.slip = p.slip
CROSS JOIN plan.clock
CROSS JOIN LATERAL (VALUES ('credit', prices.credit_standard, round(c.credits * prices.credit, 2)),
    ('exam', prices.exam_standard, prices.exam)) AS fee (kind, standard, amount)
CROSS JOIN LATERAL (
    SELECT CASE p.state WHEN 'selected' THEN 'paid' WHEN 'remitting' THEN 'remitting' WHEN 'pending' THEN 'unpaid'
        WHEN 'withdrawn' THEN CASE WHEN p.settled THEN 'refunded' ELSE 'refunding' END ELSE 'cancelled' END,
        p.state IN ('selected', 'withdrawn')
) AS fate (status, paid)
WHERE fee.kind = 'credit' OR c.exam_kind IS NOT NULL
ORDER BY p.number, fee.kind;
