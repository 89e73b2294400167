INSERT INTO remittances (
    id, number, teaching_point_id, state, amount, bill_count, payer_name, remitted_on, received_amount, received_on,
    bank_reference, entered_by, reviewed_by, reviewed_at, version, created_at, updated_at
)
SELECT s.id, s.beginning || lpad(s.serial::text, 6, '0'), s.point_id,
    CASE WHEN s.approved THEN 'approved' ELSE 'pending' END,
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
