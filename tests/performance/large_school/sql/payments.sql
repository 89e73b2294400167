INSERT INTO remittances (
    id, number, teaching_point_id, state, amount, bill_count, payer_name, remitted_on, received_amount, received_on,
    bank_reference, entered_by, reviewed_by, reviewed_at, version, created_at, updated_at
)
SELECT s.id, s.beginning || lpad(s.serial::text, 6, '0'), s.point_id, CASE WHEN s.approved THEN 'approved' ELSE 'pending' END,
    paid.amount, paid.bills, points.code || '教学点', s.created_at::date, CASE WHEN s.approved THEN paid.amount END,
    CASE WHEN s.approved THEN s.reviewed_at::date END, CASE WHEN s.approved THEN s.beginning || s.serial END,
    plan.id_at(clock.now, 4, points.number), CASE WHEN s.approved THEN plan.id_at(clock.now, 5, 2) END,
    CASE WHEN s.approved THEN s.reviewed_at END, CASE WHEN s.approved THEN 2 ELSE 1 END, s.created_at,
    CASE WHEN s.approved THEN s.reviewed_at ELSE s.created_at END
FROM plan.slips AS s
JOIN (SELECT remittance_id, sum(amount) AS amount, count(*) AS bills FROM bills GROUP BY remittance_id) AS paid
    ON paid.remittance_id = s.id
JOIN plan.points ON points.id = s.point_id
CROSS JOIN plan.clock
ORDER BY s.created_at, s.slip;

-- The next slip gets the next number.
INSERT INTO number_counters (template, beginning, last)
SELECT 'remittance_slip', beginning, max(serial) FROM plan.slips GROUP BY beginning;

INSERT INTO payment_lines (id, method, remittance_id, bill_id, teaching_point_id, amount, open)
SELECT plan.id_at(s.created_at, 10, b.serial), 'remittance', s.id, b.id, b.teaching_point_id, b.amount, NOT s.approved
FROM bills AS b JOIN plan.slips AS s ON s.id = b.remittance_id
ORDER BY s.created_at, s.slip, b.serial;

INSERT INTO withdrawal_reviews (
    id, selection_id, student_id, teaching_point_id, course_id, state, reason, refund_amount, academic_reviewer_id, reviewed_by,
    reviewed_at, requested_at, version, created_at, updated_at
)
SELECT plan.id_at(p.asked_at, 7, p.number), plan.id_at(p.selected_at, 6, p.number), p.student_id, p.point_id, c.id,
    CASE WHEN p.settled THEN 'refunded' ELSE 'approved' END, '选错课程',
    round(c.credits * prices.credit, 2) + CASE WHEN c.exam_kind IS NOT NULL THEN prices.exam ELSE 0 END,
    plan.id_at(intakes.entered_at, 5, 1), plan.id_at(intakes.entered_at, 5, 2), p.decided_at, p.asked_at,
    CASE WHEN p.settled THEN 3 ELSE 2 END, p.asked_at, p.decided_at
FROM plan.picks AS p
JOIN plan.courses AS c ON c.number = p.course
JOIN plan.intakes ON intakes.number = p.intake
JOIN plan.prices ON prices.levels = c.levels AND prices.kind = p.kind AND prices.intake = p.intake
WHERE p.state = 'withdrawn'
ORDER BY p.asked_at, p.number;

INSERT INTO refunds (
    id, bill_id, withdrawal_id, student_id, teaching_point_id, reason, method, amount, state, paid_out_on, bank_reference,
    version, created_at, updated_at
)
SELECT plan.id_at(p.decided_at, 11, b.serial), b.id, plan.id_at(p.asked_at, 7, p.number), p.student_id, p.point_id,
    'withdrawal', 'remittance', b.amount, CASE WHEN p.settled THEN 'completed' ELSE 'pending' END,
    CASE WHEN p.settled THEN b.updated_at::date END, CASE WHEN p.settled THEN 'T' || b.serial END,
    CASE WHEN p.settled THEN 2 ELSE 1 END, p.decided_at, b.updated_at
FROM plan.picks AS p JOIN bills AS b ON b.source_id = plan.id_at(p.selected_at, 6, p.number)
WHERE p.state = 'withdrawn'
ORDER BY p.decided_at, b.serial;
