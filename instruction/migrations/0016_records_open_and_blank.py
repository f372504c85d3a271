"""Let a shared observation be taken back for correction, and blank what was written of someone erased.

The function runs as the owner of the tables, for the application may only add before-images. Row security binds
the owner too, so every row must have been opened.
"""

from django.db import migrations, models

BLANK = """
CREATE FUNCTION instruction_blank_records(about bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    held bigint[];
    blanked bigint;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM schools_identity WHERE person_id = about AND blanked_at IS NOT NULL) THEN
        RAISE EXCEPTION 'notes are blanked of people whose names were removed, and of nobody else';
    END IF;
    SELECT coalesce(array_agg(id), '{}') INTO held FROM instruction_observationrecord WHERE observed_id = about;
    UPDATE instruction_observationrecord SET content = '{}' WHERE id = ANY (held) AND content <> '{}';
    GET DIAGNOSTICS blanked = ROW_COUNT;
    UPDATE instruction_recordreply SET text = '-' WHERE text <> '' AND (record_id = ANY (held) OR person_id = about);
    UPDATE instruction_unlockrequest SET why = '-', answer = '' WHERE record_id = ANY (held);
    UPDATE access_change SET before = before || '{"content": {}}'
    WHERE table_name = 'instruction_observationrecord' AND (before ->> 'observed_id')::bigint = about;
    UPDATE access_change SET before = before || '{"text": ""}'
    WHERE table_name = 'instruction_recordreply'
      AND ((before ->> 'record_id')::bigint = ANY (held) OR (before ->> 'person_id')::bigint = about);
    UPDATE access_change SET before = before || '{"why": "", "answer": ""}'
    WHERE table_name = 'instruction_unlockrequest' AND (before ->> 'record_id')::bigint = ANY (held);
    RETURN blanked;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("instruction", "0015_calibration_standard")]

    operations = [
        migrations.AddField(
            model_name="observationrecord",
            name="opened_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL(BLANK, "DROP FUNCTION instruction_blank_records(bigint);"),
    ]
