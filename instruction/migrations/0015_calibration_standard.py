"""Say from where on an observer is called calibrated, count saves of drafts, and let calibration notes be blanked."""

from decimal import Decimal

from django.db import migrations, models

from alignment_dash.access.database import log_changes
from alignment_dash.together import together

# What a person wrote while they rated, and what was written about a lesson of theirs; the levels stay.
BLANK = """
CREATE FUNCTION instruction_blank_calibration(about bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    notes bigint;
    reasons bigint;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM schools_identity WHERE person_id = about AND blanked_at IS NOT NULL) THEN
        RAISE EXCEPTION 'notes are blanked of people whose names were removed, and of nobody else';
    END IF;
    UPDATE instruction_calibrationrating r SET evidence = '' FROM instruction_calibrationexercise e
    WHERE e.id = r.exercise_id AND (r.person_id = about OR e.observed_id = about) AND r.evidence <> '';
    GET DIAGNOSTICS notes = ROW_COUNT;
    UPDATE instruction_referencelevel r SET why = '' FROM instruction_calibrationexercise e
    WHERE e.id = r.exercise_id AND e.observed_id = about AND r.why <> '';
    GET DIAGNOSTICS reasons = ROW_COUNT;
    UPDATE access_change SET before = before || '{"evidence": ""}'
    WHERE table_name = 'instruction_calibrationrating' AND before ->> 'evidence' <> ''
      AND ((before ->> 'person_id')::bigint = about OR (before ->> 'exercise_id')::bigint IN (
        SELECT id FROM instruction_calibrationexercise WHERE observed_id = about
    ));
    UPDATE access_change SET before = before || '{"why": ""}'
    WHERE table_name = 'instruction_referencelevel' AND before ->> 'why' <> ''
      AND (before ->> 'exercise_id')::bigint IN (
        SELECT id FROM instruction_calibrationexercise WHERE observed_id = about
    );
    -- What a release made of their notes stands in the ratings.
    UPDATE instruction_rating g SET evidence = '' FROM instruction_calibrationinvitation i
    WHERE i.observation_id = g.observation_id AND i.person_id = about AND g.evidence <> '';
    UPDATE access_change SET before = before || '{"evidence": ""}'
    WHERE table_name = 'instruction_rating' AND before ->> 'evidence' <> ''
      AND (before ->> 'observation_id')::bigint IN (
        SELECT observation_id FROM instruction_calibrationinvitation WHERE person_id = about
    );
    RETURN notes + reasons;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("instruction", "0014_protect_what_is_written"),
        ("schools", "0007_leave"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalibrationStandard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "exact_at_least",
                    models.DecimalField(decimal_places=2, default=Decimal("0.60"), max_digits=3),
                ),
                (
                    "adjacent_at_least",
                    models.DecimalField(decimal_places=2, default=Decimal("0.98"), max_digits=3),
                ),
                (
                    "kappa_at_least",
                    models.DecimalField(decimal_places=2, default=Decimal("0.60"), max_digits=3),
                ),
                (
                    "severity_within",
                    models.DecimalField(decimal_places=2, default=Decimal("0.25"), max_digits=3),
                ),
                ("fewest_ratings", models.PositiveSmallIntegerField(default=20)),
                ("years", models.PositiveSmallIntegerField(default=2)),
                ("revision", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name="calibrationinvitation",
            name="revision",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="calibrationrating",
            name="is_decided",
            field=models.BooleanField(default=True),
        ),
        migrations.AddConstraint(
            model_name="calibrationrating",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_decided", True), ("level__isnull", True), _connector="OR"),
                name="instruction_calibrationrating_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="calibrationstandard",
            constraint=models.CheckConstraint(
                condition=models.Q(("id", 1)), name="instruction_calibrationstandard_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="calibrationstandard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("adjacent_at_least__range", (0, 1)),
                    ("exact_at_least__range", (0, 1)),
                    ("kappa_at_least__range", (0, 1)),
                    ("adjacent_at_least__gte", models.F("exact_at_least")),
                ),
                name="instruction_calibrationstandard_shares",
                violation_error_message="Shares lie between 0 and 1, and within one level is at least exactly.",
            ),
        ),
        migrations.AddConstraint(
            model_name="calibrationstandard",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("fewest_ratings__range", (5, 500)), ("severity_within__gt", 0), ("years__range", (1, 5))
                ),
                name="instruction_calibrationstandard_ranges",
                violation_error_message="A severity above 0, 5 to 500 rated elements, 1 to 5 school years.",
            ),
        ),
        log_changes("instruction_calibrationstandard"),
        migrations.RunSQL(BLANK, "DROP FUNCTION instruction_blank_calibration(bigint);"),
    ]
    operations = together(operations)
