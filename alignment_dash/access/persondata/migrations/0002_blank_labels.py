"""The one way in which the audit changes: a name in it is blanked for an erasure that was done, and that is recorded.

The function runs as the owner of the tables, for the application may only add to the audit.
"""

from django.db import migrations

BLANK = """
CREATE FUNCTION persondata_blank_labels(asked bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    done persondata_erasure%ROWTYPE;
    named text;
    own bigint;
    about bigint;
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
    INSERT INTO access_auditevent (at, by_id, by_label, act, target_kind, target_id, target_label, detail)
    VALUES (now(), done.confirmed_by_id,
        coalesce((SELECT name FROM access_user WHERE id = done.confirmed_by_id), 'system'),
        'audit.blank', 'persondata.erasure', done.uid::text, 'erasure ' || done.uid,
        jsonb_build_object('labels_of_acts', own, 'labels_of_targets', about));
    RETURN own + about;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("persondata", "0001_initial"), ("access", "0005_trace")]

    operations = [migrations.RunSQL(BLANK, "DROP FUNCTION persondata_blank_labels(bigint)")]
