-- The students, numbered in the order in which they came: by intake, then by teaching point.
CREATE UNLOGGED TABLE plan.drawn AS
WITH lot AS MATERIALIZED (
    SELECT max(bounds) FILTER (WHERE lot = 'ethnicity') AS ethnicity_b,
        max(texts) FILTER (WHERE lot = 'ethnicity') AS ethnicity,
        max(bounds) FILTER (WHERE lot = 'political_status') AS political_b,
        max(texts) FILTER (WHERE lot = 'political_status') AS political,
        max(bounds) FILTER (WHERE lot = 'id_kind') AS id_kind_b, max(texts) FILTER (WHERE lot = 'id_kind') AS id_kind,
        max(bounds) FILTER (WHERE lot = 'confirmation') AS confirmation_b,
        max(texts) FILTER (WHERE lot = 'confirmation') AS confirmation,
        max(bounds) FILTER (WHERE lot = 'prior_check') AS check_b,
        max(texts) FILTER (WHERE lot = 'prior_check') AS checked,
        max(bounds) FILTER (WHERE lot = 'prior_level') AS level_b,
        max(texts) FILTER (WHERE lot = 'prior_level') AS level,
        max(bounds) FILTER (WHERE lot = 'version') AS version_b, max(texts) FILTER (WHERE lot = 'version') AS version,
        max(bounds) FILTER (WHERE lot = 'surname') AS surname_b, max(texts) FILTER (WHERE lot = 'surname') AS surname,
        (SELECT count(*) FROM plan.given_names) AS given
    FROM plan.lots WHERE intake = 0
)
SELECT n::int AS number, cell.intake, cell.point, n::int - cell.first + 1 AS serial,
    programme.texts[width_bucket(plan.dice(n, 1, 100000), programme.bounds)]::int AS programme,
    status.texts[width_bucket(plan.dice(n, 2, 100000), status.bounds)] AS status,
    lot.surname[width_bucket(plan.dice(n, 3, 100000), surname_b)] AS surname,
    floor(pow(plan.dice(n, 4, 1000000) / 1000000.0::float8, 2.5) * lot.given)::int + 1 AS given,
    lot.ethnicity[width_bucket(plan.dice(n, 5, 100000), ethnicity_b)] AS ethnicity,
    nullif(lot.political[width_bucket(plan.dice(n, 6, 100000), political_b)], '') AS political_status,
    lot.id_kind[width_bucket(plan.dice(n, 7, 100000), id_kind_b)] AS id_kind,
    lot.confirmation[width_bucket(plan.dice(n, 8, 100000), confirmation_b)] AS confirmation,
    lot.checked[width_bucket(plan.dice(n, 9, 100000), check_b)] AS prior_check,
    lot.level[width_bucket(plan.dice(n, 10, 100000), level_b)] AS prior_level,
    lot.version[width_bucket(plan.dice(n, 11, 100000), version_b)]::int AS version,
    CASE WHEN plan.dice(n, 12, 100) < 46 THEN 'male' ELSE 'female' END AS gender,
    -- From 18 to 55 years old, the younger the more.
    (intakes.starts_on - 18 * 366 - (pow(plan.dice(n, 13, 1000000) / 1000000.0::float8, 1.8) * 37 * 365)::int)
        AS birth_on,
    intakes.entered_at + (cell.point * interval '2 hours') + plan.dice(n, 14, 7000) * interval '1 second' AS entered_at
FROM plan.cells AS cell
CROSS JOIN LATERAL generate_series(cell.first, cell.first + cell.students - 1) AS n
JOIN plan.intakes ON intakes.number = cell.intake
JOIN plan.lots AS programme ON programme.lot = 'programme' AND programme.intake = cell.intake
JOIN plan.lots AS status ON status.lot = 'status' AND status.intake = cell.intake
CROSS JOIN lot;

-- How many of the same birthday and gender came before: no two have the same ID number.
CREATE UNLOGGED TABLE plan.numbered AS
SELECT drawn.*, (row_number() OVER (PARTITION BY birth_on, gender ORDER BY number) - 1)::int AS twin FROM plan.drawn;

INSERT INTO students (
    id, student_number, name, gender, id_kind, id_number, birth_on, ethnicity, political_status, teaching_point_id,
    programme_id, intake, level, student_type, student_source, major_code, major_name, schooling_length, enrolled_on,
    status,
    status_change_open, confirmation, degree_intent, mobile, email, home_address, postcode, employer, prior_level,
    prior_school, prior_major, prior_graduated_on, prior_certificate_number, prior_check, version, created_at,
    updated_at
)
SELECT plan.id_at(d.entered_at, 1, d.number), substr(intakes.code, 3) || points.code || lpad(d.serial::text, 5, '0'),
    d.surname || given.name, d.gender, d.id_kind,
    CASE WHEN d.id_kind = 'resident' THEN digits || substr('10X98765432', (
            7 * substr(digits, 1, 1)::int + 9 * substr(digits, 2, 1)::int + 10 * substr(digits, 3, 1)::int
            + 5 * substr(digits, 4, 1)::int + 8 * substr(digits, 5, 1)::int + 4 * substr(digits, 6, 1)::int
            + 2 * substr(digits, 7, 1)::int + substr(digits, 8, 1)::int + 6 * substr(digits, 9, 1)::int
            + 3 * substr(digits, 10, 1)::int + 7 * substr(digits, 11, 1)::int + 9 * substr(digits, 12, 1)::int
            + 10 * substr(digits, 13, 1)::int + 5 * substr(digits, 14, 1)::int + 8 * substr(digits, 15, 1)::int
            + 4 * substr(digits, 16, 1)::int + 2 * substr(digits, 17, 1)::int) % 11 + 1, 1)
        ELSE 'H' || lpad(d.number::text, 8, '0') END,
    d.birth_on, d.ethnicity, d.political_status, points.id, p.id, intakes.code, p.level, p.student_type,
    p.student_source,
    p.major_code, p.major_name, p.schooling_length, intakes.starts_on, d.status, false, d.confirmation,
    p.level <> 'junior_college' AND plan.dice(d.number, 20, 10) < 3,
    '1' || substr('35789', plan.dice(d.number, 21, 5) + 1, 1)
        || lpad(plan.dice(d.number, 22, 1000000000)::text, 9, '0'),
    CASE WHEN plan.dice(d.number, 23, 10) < 2 THEN 's' || d.number || '@example.com' END,
    CASE WHEN plan.dice(d.number, 24, 10) < 6 THEN '江苏省' || plan.dice(d.number, 25, 900) || '路' || d.serial || '号' END,
    CASE WHEN plan.dice(d.number, 24, 10) < 6 THEN (210000 + plan.dice(d.number, 26, 19999))::text END,
    CASE WHEN plan.dice(d.number, 27, 10) < 3 THEN '第' || plan.dice(d.number, 28, 4000) || '公司' END,
    d.prior_level, '第' || plan.dice(d.number, 29, 700) || '学校', NULL,
    (intakes.starts_on - 200 - 365 * plan.dice(d.number, 30, 4)), 'ZS' || lpad(d.number::text, 12, '0'),
    d.prior_check, d.version, d.entered_at,
    plan.later(d.entered_at, (d.version - 1) * interval '7 days', clock.now, 1)
FROM plan.numbered AS d
JOIN plan.intakes ON intakes.number = d.intake
JOIN plan.points ON points.number = d.point
JOIN plan.programmes AS drawn ON drawn.number = d.programme
JOIN programmes AS p ON p.id = drawn.id
JOIN plan.given_names AS given ON given.number = d.given
JOIN plan.lots AS area ON area.lot = 'area'
CROSS JOIN plan.clock
CROSS JOIN LATERAL (
    SELECT area.texts[d.twin % cardinality(area.texts) + 1] || to_char(d.birth_on, 'YYYYMMDD')
        || lpad((d.twin / cardinality(area.texts) * 2 + (d.gender = 'male')::int)::text, 3, '0')
) AS document (digits)
ORDER BY d.number;

-- Who is suspended has a suspension that runs; one of a hundred had one that is over.
INSERT INTO suspensions (id, student_id, from_on, until_on, created_at, updated_at)
SELECT plan.id_at(d.entered_at + interval '60 days', 2, d.number), plan.id_at(d.entered_at, 1, d.number),
    intakes.starts_on + 30, CASE WHEN d.status <> 'suspended' THEN intakes.starts_on + 120 END, intakes.starts_on,
    intakes.starts_on
FROM plan.drawn AS d JOIN plan.intakes ON intakes.number = d.intake CROSS JOIN plan.clock
WHERE d.status = 'suspended' OR plan.dice(d.number, 31, 100) = 0 AND intakes.starts_on + 121 < clock.now::date
ORDER BY d.number;

INSERT INTO status_changes (
    id, student_id, teaching_point_id, kind, state, from_on, until_on, voluntary, reason, requested_by, requested_at,
    decided_by, version, created_at, updated_at
)
SELECT plan.id_at(at, 3, d.number), plan.id_at(d.entered_at, 1, d.number), points.id,
    CASE WHEN d.status = 'suspended' THEN 'suspend' ELSE 'leave_school' END, 'approved',
    CASE WHEN d.status = 'suspended' THEN intakes.starts_on + 30 END, NULL,
    CASE WHEN d.status = 'left' THEN true END, '个人原因',
    plan.id_at(intakes.entered_at, 4, d.point), at, plan.id_at(intakes.entered_at, 5, 1), 2, at, at + interval '3 days'
FROM plan.drawn AS d
JOIN plan.intakes ON intakes.number = d.intake
JOIN plan.points ON points.number = d.point
CROSS JOIN plan.clock
CROSS JOIN LATERAL (SELECT plan.later(d.entered_at, interval '55 days', clock.now - interval '4 days', 1)) AS asked (at)
WHERE d.status IN ('suspended', 'left')
ORDER BY d.number;
