-- A rule of the ledger that tables can't declare. It binds every role, also the one that the system works in.

-- All entries of a posting are written by one statement, and those that a statement writes make zero for each posting. So
-- nothing is ever looked up in the table, whatever its size, and an entry that comes later is refused as well.
CREATE FUNCTION refuse_unbalanced_postings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE unbalanced uuid;
BEGIN
    SELECT transaction_id INTO unbalanced FROM written GROUP BY transaction_id HAVING sum(amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ledger transaction % does not balance', unbalanced USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER balanced ON ledger_entries;
CREATE TRIGGER balanced AFTER INSERT ON ledger_entries
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION refuse_unbalanced_postings();

DROP FUNCTION check_ledger_balance();
