"""Delete what someone says of their own work when they are erased, with its before-images blanked.

The function runs as the owner of the tables, for the application may only add before-images. Row security binds
the owner too, so every row must have been opened.
"""

from django.db import migrations

ERASE = """
CREATE FUNCTION instruction_erase_self_assessments(about bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    erased bigint;
    held bigint[];
BEGIN
    IF NOT EXISTS (SELECT 1 FROM persondata_erasure WHERE person_id = about AND withdrawn_at IS NULL) THEN
        RAISE EXCEPTION 'self-assessments are deleted for an erasure, and for nothing else';
    END IF;
    SELECT coalesce(array_agg(id), '{}') INTO held FROM instruction_selfassessment WHERE person_id = about;
    DELETE FROM instruction_selfrating WHERE assessment_id = ANY (held);
    DELETE FROM instruction_selfassessment WHERE id = ANY (held);
    GET DIAGNOSTICS erased = ROW_COUNT;
    UPDATE access_change SET before = before || '{"why": "", "level": 0}'
    WHERE table_name = 'instruction_selfrating' AND (before ->> 'assessment_id')::bigint = ANY (held);
    RETURN erased;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("instruction", "0020_protect_leadership"),
        ("persondata", "0003_blank_words"),
    ]

    operations = [migrations.RunSQL(ERASE, "DROP FUNCTION instruction_erase_self_assessments(bigint);")]
