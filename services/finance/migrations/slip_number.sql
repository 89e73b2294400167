-- The number of a slip that a process of the version before enters: ten digits, counted by the column `serial`; those of
-- the template have twelve. 0021 takes this away.
CREATE FUNCTION fill_slip_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.number := 'HK' || lpad(NEW.serial::text, 10, '0');
    RETURN NEW;
END $$;

CREATE TRIGGER fill_number BEFORE INSERT ON remittances
    FOR EACH ROW WHEN (NEW.number IS NULL) EXECUTE FUNCTION fill_slip_number();
