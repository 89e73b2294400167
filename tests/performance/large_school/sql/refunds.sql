-- What was withdrawn: finance has agreed, and the money has gone back, or is about to.
INSERT INTO withdrawal_reviews (
    id, selection_id, student_id, teaching_point_id, course_id, state, reason, refund_amount, academic_reviewer_id,
    reviewed_by,
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
    id, bill_id, withdrawal_id, student_id, teaching_point_id, reason, method, amount, state, paid_out_on,
    bank_reference,
    version, created_at, updated_at
)
SELECT plan.id_at(p.decided_at, 11, b.serial), b.id, plan.id_at(p.asked_at, 7, p.number), p.student_id, p.point_id,
    'withdrawal', 'remittance', b.amount, CASE WHEN p.settled THEN 'completed' ELSE 'pending' END,
    CASE WHEN p.settled THEN b.updated_at::date END, CASE WHEN p.settled THEN 'T' || b.serial END,
    CASE WHEN p.settled THEN 2 ELSE 1 END, p.decided_at, b.updated_at
FROM plan.picks AS p JOIN bills AS b ON b.source_id = plan.id_at(p.selected_at, 6, p.number)
WHERE p.state = 'withdrawn'
ORDER BY p.decided_at, b.serial;
