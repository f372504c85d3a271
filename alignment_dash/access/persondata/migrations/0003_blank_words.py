"""Blank more of the audit for an erasure that was done: names in what files were called, and in reasons given.

Only there, only whole words of three letters or more, and only to blank them. What files are called is no longer
written into the audit; earlier events have it.
"""

from django.db import migrations

BLANK = r"""
CREATE FUNCTION persondata_bordered(words text[]) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT '(?<![[:alnum:]])(' || string_agg(
        regexp_replace(word, '([][{}().*+?^$|\\])', '\\\1', 'g'), '|' ORDER BY length(word) DESC
    ) || ')(?![[:alnum:]])' FROM unnest(words) AS word WHERE length(word) >= 3
$$;

CREATE FUNCTION persondata_blank_labels(asked bigint, words text[], family text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    done persondata_erasure%ROWTYPE;
    named text;
    own bigint;
    about bigint;
    files bigint;
    reasons bigint;
    -- Nothing matches the empty alternative.
    anywhere text := coalesce(persondata_bordered(words), '(?!)');
    alone text := coalesce(persondata_bordered(family), '(?!)');
BEGIN
    SELECT * INTO done FROM persondata_erasure WHERE id = asked AND done_at IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'names in the audit are blanked for an erasure that was done, and for nothing else';
    END IF;
    UPDATE access_auditevent SET by_label = '(name removed)'
    WHERE by_id = done.user_id AND by_label <> '(name removed)';
    GET DIAGNOSTICS own = ROW_COUNT;
    SELECT uid::text INTO named FROM access_user WHERE id = done.user_id;
    UPDATE access_auditevent SET target_label = '(name removed)'
    WHERE target_kind = 'access.user' AND target_id = named AND target_label <> '(name removed)';
    GET DIAGNOSTICS about = ROW_COUNT;
    UPDATE access_auditevent SET target_label = left(
        regexp_replace(regexp_replace(target_label, anywhere, '(removed)', 'gi'), alone, '(removed)', 'g'), 200
    )
    WHERE target_kind LIKE '%import' AND (target_label ~* anywhere OR target_label ~ alone);
    GET DIAGNOSTICS files = ROW_COUNT;
    UPDATE access_auditevent SET detail = jsonb_set(detail, '{why}', to_jsonb(
        regexp_replace(regexp_replace(detail ->> 'why', anywhere, '(removed)', 'gi'), alone, '(removed)', 'g')
    ))
    WHERE act IN ('act-as.start', 'export.person-data') AND jsonb_typeof(detail -> 'why') = 'string'
        AND (detail ->> 'why' ~* anywhere OR detail ->> 'why' ~ alone);
    GET DIAGNOSTICS reasons = ROW_COUNT;
    INSERT INTO access_auditevent (at, by_id, by_label, act, target_kind, target_id, target_label, detail)
    VALUES (now(), done.confirmed_by_id,
        coalesce((SELECT name FROM access_user WHERE id = done.confirmed_by_id), 'system'),
        'audit.blank', 'persondata.erasure', done.uid::text, 'erasure ' || done.uid,
        jsonb_build_object('labels_of_acts', own, 'labels_of_targets', about, 'names_of_files', files,
            'reasons', reasons));
    RETURN own + about + files + reasons;
END $$;
"""
UNDO = """
DROP FUNCTION persondata_blank_labels(bigint, text[], text[]);
DROP FUNCTION persondata_bordered(text[]);
"""


class Migration(migrations.Migration):
    dependencies = [("persondata", "0002_blank_labels"), ("access", "0008_audit_of_target")]

    operations = [migrations.RunSQL(BLANK, UNDO)]
