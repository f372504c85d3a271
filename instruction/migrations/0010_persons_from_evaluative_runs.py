"""A teacher's figure is of a run from evaluative evidence, whatever wrote it.

Figures of runs from before, which had written them beside those of schools, go: the job that now computes them does
so the next night, or when asked.
"""

from django.db import migrations

# A statement's rows are looked at together: a run writes tens of thousands of them at once.
CHECK = """
TRUNCATE instruction_teachercapacity;
CREATE FUNCTION instruction_evaluative_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM (SELECT DISTINCT run_id FROM written) w JOIN runs_run r ON r.id = w.run_id
        WHERE r.basis <> 'evaluative'
    ) THEN
        RAISE EXCEPTION 'a figure of a person comes from evaluative evidence alone'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'instruction_teachercapacity_evaluative';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER instruction_evaluative_written AFTER INSERT ON instruction_teachercapacity
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION instruction_evaluative_only();
CREATE TRIGGER instruction_evaluative_changed AFTER UPDATE ON instruction_teachercapacity
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION instruction_evaluative_only();
CREATE FUNCTION instruction_basis_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the basis of a run that told of persons stays'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'instruction_run_basis_stays';
END $$;
CREATE TRIGGER instruction_basis_stays BEFORE UPDATE OF basis ON runs_run FOR EACH ROW
    WHEN (OLD.basis = 'evaluative' AND NEW.basis <> 'evaluative') EXECUTE FUNCTION instruction_basis_stays();
"""
UNDO = """
DROP TRIGGER instruction_basis_stays ON runs_run;
DROP FUNCTION instruction_basis_stays();
DROP TRIGGER instruction_evaluative_changed ON instruction_teachercapacity;
DROP TRIGGER instruction_evaluative_written ON instruction_teachercapacity;
DROP FUNCTION instruction_evaluative_only();
"""


class Migration(migrations.Migration):
    dependencies = [("instruction", "0009_observation_completion"), ("runs", "0002_delivery_key")]

    operations = [migrations.RunSQL(CHECK, UNDO)]
