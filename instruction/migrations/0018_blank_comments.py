"""Blank what someone wrote in consultations on drafts, before-images included, when they are erased.

The function runs as the owner of the tables, for the application may only add before-images. Row security binds
the owner too, so every row must have been opened.
"""

from django.db import migrations

BLANK = """
CREATE FUNCTION instruction_blank_comments(about bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    blanked bigint;
    answers bigint;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM persondata_erasure WHERE user_id = about AND withdrawn_at IS NULL) THEN
        RAISE EXCEPTION 'comments are blanked for an erasure, and for nothing else';
    END IF;
    UPDATE instruction_elementcomment SET text = '-' WHERE author_id = about AND text <> '-';
    GET DIAGNOSTICS blanked = ROW_COUNT;
    UPDATE instruction_elementcomment SET answer = '-' WHERE answered_by_id = about AND answer NOT IN ('', '-');
    GET DIAGNOSTICS answers = ROW_COUNT;
    UPDATE access_change SET before = before || '{"text": "-"}'
    WHERE table_name = 'instruction_elementcomment' AND (before ->> 'author_id')::bigint = about;
    UPDATE access_change SET before = before || '{"answer": "-"}'
    WHERE table_name = 'instruction_elementcomment' AND (before ->> 'answered_by_id')::bigint = about;
    RETURN blanked + answers;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("instruction", "0017_who_counts_as_observed"),
        ("persondata", "0003_blank_words"),
    ]

    operations = [migrations.RunSQL(BLANK, "DROP FUNCTION instruction_blank_comments(bigint);")]
