-- Who walks over bills, slips and entries by their stamps must hear of those that are written long after their stamp: it
-- may have passed there. Half a minute is the measure (services/finance/steps/fence.py waits for twice that). Nobody who
-- is in time pays for it: of bills and slips the condition is one comparison a statement, of entries one look at them.

-- The stamp of an entry is the clock of the process that posts.
CREATE FUNCTION note_late_entries() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO late_changes (kind, row_id, teaching_point_id, stamp)
    SELECT 'entry', id, teaching_point_id, posted_at FROM written
    WHERE posted_at < clock_timestamp() - interval '30 seconds';
    RETURN NULL;
END $$;

CREATE TRIGGER note_late AFTER INSERT ON ledger_entries
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION note_late_entries();

-- The stamp of a bill or slip is the beginning of its transaction.
CREATE FUNCTION note_late_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO late_changes (kind, row_id, teaching_point_id, stamp)
    SELECT TG_ARGV[0], id, teaching_point_id, updated_at FROM written;
    RETURN NULL;
END $$;

CREATE TRIGGER note_late_insert AFTER INSERT ON bills REFERENCING NEW TABLE AS written FOR EACH STATEMENT
    WHEN (now() < clock_timestamp() - interval '30 seconds') EXECUTE FUNCTION note_late_rows('bill');
CREATE TRIGGER note_late_update AFTER UPDATE ON bills REFERENCING NEW TABLE AS written FOR EACH STATEMENT
    WHEN (now() < clock_timestamp() - interval '30 seconds') EXECUTE FUNCTION note_late_rows('bill');
CREATE TRIGGER note_late_insert AFTER INSERT ON remittances REFERENCING NEW TABLE AS written FOR EACH STATEMENT
    WHEN (now() < clock_timestamp() - interval '30 seconds') EXECUTE FUNCTION note_late_rows('slip');
CREATE TRIGGER note_late_update AFTER UPDATE ON remittances REFERENCING NEW TABLE AS written FOR EACH STATEMENT
    WHEN (now() < clock_timestamp() - interval '30 seconds') EXECUTE FUNCTION note_late_rows('slip');
