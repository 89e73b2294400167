-- What the statements that draw the school up are made of. All follows from numbers and a seed: it is always the same.
CREATE SCHEMA plan;

-- A UUIDv7 of this instant. `kind` keeps those apart that are made of the same number.
CREATE FUNCTION plan.id_at(at timestamptz, kind int, number bigint) RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT (lpad(to_hex((date_part('epoch', at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(kind), 3, '0')
        || '8' || lpad(to_hex(number), 15, '0'))::uuid
$$;

-- 0 to `sides` - 1: what falls for this number. `throw` keeps those apart that fall for the same number.
CREATE FUNCTION plan.dice(number bigint, throw int, sides int) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ((hashint8extended(number, (:seed - 1) * 1000 + throw) & 9223372036854775807) % sides)::int
$$;

-- The part `share` (0 to 1) of what lies between an instant and `most` later, but never after `until`.
CREATE FUNCTION plan.later(at timestamptz, most interval, until timestamptz, share float8) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT at + least(most, until - at) * share
$$;

CREATE TABLE plan.clock (now timestamptz, last_intake int);
CREATE TABLE plan.points (number int PRIMARY KEY, id uuid, code text, slips int);
CREATE TABLE plan.intakes (
    number int PRIMARY KEY, code text, starts_on date, entered_at timestamptz, opens_at timestamptz,
    closes_at timestamptz,
    payment_deadline timestamptz, round_id uuid, exam_round_id uuid
);
CREATE TABLE plan.programmes (number int PRIMARY KEY, id uuid, kind int);
CREATE TABLE plan.programme_courses (programme int, place int, course int, PRIMARY KEY (programme, place));
CREATE TABLE plan.courses (number int PRIMARY KEY, id uuid, version_id uuid, requirement_id uuid, exam_kind text,
    credits numeric, levels int);
CREATE TABLE plan.cells (intake int, point int, first int, students int);
CREATE TABLE plan.lots (lot text, intake int, bounds int[], texts text[], PRIMARY KEY (lot, intake));
CREATE TABLE plan.given_names (number int PRIMARY KEY, name text);
CREATE TABLE plan.prices (levels int, kind int, intake int, credit_standard uuid, credit numeric, exam_standard uuid,
    exam numeric, PRIMARY KEY (levels, kind, intake));
