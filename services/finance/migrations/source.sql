-- What a bill is for, in the rows that a process of the version before 0007 inserts: it names one of two ids. 0020 takes
-- this away.
CREATE FUNCTION fill_bill_source() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.source_kind := CASE WHEN NEW.selection_id IS NULL THEN 'registration' ELSE 'selection' END;
    NEW.source_id := coalesce(NEW.selection_id, NEW.registration_id);
    RETURN NEW;
END $$;

CREATE TRIGGER fill_source BEFORE INSERT ON bills
    FOR EACH ROW WHEN (NEW.source_id IS NULL) EXECUTE FUNCTION fill_bill_source();
