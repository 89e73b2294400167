INSERT INTO selections (
    id, student_id, teaching_point_id, course_id, course_version_id, requirement_id, selection_round_id, exam_round_id,
    credits, state, selected_at, closing_attempt, closing_reason, ask_again_at, cohort_id, version, created_at,
    updated_at
)
SELECT plan.id_at(p.selected_at, 6, p.number), p.student_id, p.point_id, c.id, c.version_id, c.requirement_id,
    intakes.round_id, CASE WHEN c.exam_kind IS NOT NULL THEN intakes.exam_round_id END, c.credits,
    CASE WHEN p.state IN ('pending', 'remitting') THEN 'pending_payment' ELSE p.state END, p.selected_at,
    (p.state IN ('lapsed', 'cancelled') OR late.unpaid)::int,
    CASE WHEN p.state IN ('lapsed', 'cancelled') THEN p.state WHEN late.unpaid THEN 'lapsed' END,
    -- A few are unpaid since years: finance has given them grace, beyond the time of any measurement.
    CASE WHEN late.unpaid THEN clock.now + interval '1 year' END, students.cohort_id,
    CASE p.state WHEN 'pending' THEN 1 WHEN 'remitting' THEN 1 WHEN 'selected' THEN 2 ELSE 3 END, p.selected_at,
    CASE p.state WHEN 'pending' THEN p.selected_at WHEN 'remitting' THEN p.selected_at
        WHEN 'selected' THEN p.reviewed_at WHEN 'withdrawn' THEN p.decided_at
        WHEN 'lapsed' THEN intakes.payment_deadline ELSE plan.later(p.selected_at, interval '3 days', clock.now, 0.5) END
FROM plan.picks AS p
JOIN plan.courses AS c ON c.number = p.course
JOIN plan.intakes ON intakes.number = p.intake
JOIN public.students ON students.id = p.student_id
CROSS JOIN plan.clock
CROSS JOIN LATERAL (SELECT p.state = 'pending' AND p.settled) AS late (unpaid)
ORDER BY p.number;

INSERT INTO withdrawals (
    id, selection_id, student_id, teaching_point_id, course_id, state, reason, amount, requested_at,
    academic_reviewer_id,
    version, created_at, updated_at
)
SELECT plan.id_at(p.asked_at, 7, p.number), plan.id_at(p.selected_at, 6, p.number), p.student_id, p.point_id, c.id,
    CASE WHEN p.settled THEN 'refunded' ELSE 'finance_approved' END, '选错课程',
    round(c.credits * prices.credit, 2) + CASE WHEN c.exam_kind IS NOT NULL THEN prices.exam ELSE 0 END, p.asked_at,
    plan.id_at(intakes.entered_at, 5, 1), 3, p.asked_at, p.decided_at
FROM plan.picks AS p
JOIN plan.courses AS c ON c.number = p.course
JOIN plan.intakes ON intakes.number = p.intake
JOIN plan.prices ON prices.levels = c.levels AND prices.kind = p.kind AND prices.intake = p.intake
WHERE p.state = 'withdrawn'
ORDER BY p.asked_at, p.number;

-- Some of what runs is asked to be given back, and waits for the school.
INSERT INTO withdrawals (
    id, selection_id, student_id, teaching_point_id, course_id, state, reason, requested_at, version, created_at,
    updated_at
)
SELECT plan.id_at(asked.at, 7, p.number), plan.id_at(p.selected_at, 6, p.number), p.student_id, p.point_id, c.id,
    'pending_academic', '工作变动', asked.at, 1, asked.at, asked.at
FROM plan.picks AS p
JOIN plan.courses AS c ON c.number = p.course
CROSS JOIN plan.clock
CROSS JOIN LATERAL (SELECT plan.later(p.reviewed_at, interval '20 days', clock.now, 0.7)) AS asked (at)
WHERE p.state = 'selected' AND NOT p.settled AND plan.dice(p.throw, 63, 50) = 0
ORDER BY asked.at, p.number;
