-- Who selected what and when, and what became of it. The intake decides when: in its first term and the four after it.
CREATE UNLOGGED TABLE plan.drawn AS
SELECT s.number AS student, chosen.nth, s.number::bigint * 32 + chosen.nth AS throw, s.id AS student_id, s.point,
    s.active,
    s.programme, s.intake + least(
        ((2 * chosen.nth + plan.dice(s.number, 40, 2)) * least(5, clock.last_intake - s.intake + 1))
        / (2 * counted.many),
        clock.last_intake - s.intake
    ) AS intake,
    (chosen.nth * 5 + plan.dice(s.number, 41, 18)) % 18 AS place
FROM plan.students AS s
CROSS JOIN plan.clock
JOIN plan.lots AS lot ON lot.lot = 'selections'
-- Every number of selections is as frequent as it should be also among few: no dice, but a step of the golden ratio.
CROSS JOIN LATERAL (SELECT lot.texts[width_bucket((s.number::bigint * 61803) % 100000, lot.bounds)]::int)
    AS counted (many)
CROSS JOIN LATERAL generate_series(0, counted.many - 1) AS chosen (nth);

-- Money comes on slips: those of a point for a week of a round, in so many parts as make some hundred bills each.
CREATE UNLOGGED TABLE plan.timed AS
SELECT d.student, d.nth, d.throw, d.student_id, d.point, d.active, d.intake, placed.course, programmes.kind,
    times.selected_at, times.week, times.part,
    slip.created_at AS slip_at,
    slip.created_at + interval '1 day' + plan.dice(slip.throw, 51, 172800) * interval '1 second' AS reviewed_at
FROM plan.drawn AS d
JOIN plan.programmes ON programmes.number = d.programme
JOIN plan.programme_courses AS placed ON placed.programme = d.programme AND placed.place = d.place
JOIN plan.intakes ON intakes.number = d.intake
JOIN plan.points ON points.number = d.point
CROSS JOIN plan.clock
CROSS JOIN LATERAL (
    SELECT least(
        intakes.closes_at - intakes.opens_at, interval '30 days', clock.now - intakes.opens_at - interval '1 hour'
    ) * pow(plan.dice(d.throw, 42, 1000000) / 1000000.0::float8, 1.7)
) AS window_ (passed)
CROSS JOIN LATERAL (
    SELECT intakes.opens_at + window_.passed, floor(date_part('epoch', window_.passed) / 604800)::int,
        plan.dice(d.student, 43, points.slips)
) AS times (selected_at, week, part)
CROSS JOIN LATERAL (SELECT ((d.intake * 64 + times.week) * 1024 + d.point)::bigint * 1024 + times.part) AS key (throw)
CROSS JOIN LATERAL (
    SELECT key.throw,
        intakes.opens_at + (times.week + 1) * interval '7 days' + plan.dice(key.throw, 50, 172800) * interval '1 second'
) AS slip (throw, created_at);

-- In the order of time, and with what became of each.
CREATE UNLOGGED TABLE plan.picks AS
SELECT row_number() OVER (ORDER BY t.selected_at, t.student, t.nth)::int AS number, t.student_id, points.id AS point_id,
    t.point, t.intake, t.course, t.kind, t.selected_at, t.slip_at, t.reviewed_at, t.throw, fate.state,
    CASE WHEN fate.state IN ('selected', 'withdrawn', 'remitting') THEN t.slip END AS slip,
    CASE WHEN fate.state = 'withdrawn' THEN
        plan.later(t.reviewed_at, interval '20 days', clock.now, plan.dice(t.throw, 61, 1000) / 2000.0::float8)
    END AS asked_at,
    CASE WHEN fate.state = 'withdrawn' THEN
        plan.later(t.reviewed_at, interval '20 days', clock.now, 0.6 + plan.dice(t.throw, 62, 1000) / 2500.0::float8)
    END AS decided_at,
    -- An old refund is paid out, one of the round that runs still waits.
    t.intake < clock.last_intake AS settled
FROM (SELECT timed.*, ((intake * 64 + week) * 1024 + point)::bigint * 1024 + part AS slip FROM plan.timed) AS t
JOIN plan.points ON points.number = t.point
CROSS JOIN plan.clock
CROSS JOIN LATERAL (SELECT plan.dice(t.throw, 60, 10000)) AS lot (fell)
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN t.intake < clock.last_intake THEN CASE
            WHEN fell < 9000 THEN 'selected' WHEN fell < 9350 THEN 'withdrawn' WHEN fell < 9750 THEN 'lapsed'
            WHEN fell < 9985 OR NOT t.active THEN 'cancelled' ELSE 'pending'
        END
        WHEN t.reviewed_at < clock.now AND fell < 8100 THEN CASE WHEN fell < 8000 THEN 'selected' ELSE 'withdrawn' END
        WHEN NOT t.active OR fell >= 9700 THEN 'cancelled'
        WHEN t.slip_at < clock.now AND t.reviewed_at >= clock.now AND fell < 6000 THEN 'remitting'
        ELSE 'pending'
    END
) AS fate (state);
