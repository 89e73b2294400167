-- What the table of the version before holds is carried over, and so is what its processes write while they are replaced.
-- 0021 takes the trigger away, with that table.
INSERT INTO school_settings (id, name, revision, value, effective_from, reason, entered_by_name, entered_at)
SELECT gen_random_uuid(), 'grace_days', 2, to_jsonb(grace_days), updated_at, '财务设置', 'system', updated_at
FROM finance_settings;

CREATE FUNCTION carry_grace_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO school_settings (id, name, revision, value, effective_from, reason, entered_by_name, entered_at)
    SELECT gen_random_uuid(), 'grace_days', coalesce(max(revision), 1) + 1, to_jsonb(NEW.grace_days), now(), '财务设置',
           'system', now()
    FROM school_settings WHERE name = 'grace_days';
    RETURN NULL;
END $$;

CREATE TRIGGER carry_grace_days AFTER INSERT OR UPDATE OF grace_days ON finance_settings
    FOR EACH ROW EXECUTE FUNCTION carry_grace_days();
