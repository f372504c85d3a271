"""Publishing frameworks and setting targets."""

from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from alignment_dash.access.models import AuditEvent
from alignment_dash.runs.models import Run
from instruction import actions
from instruction.frameworks.definition import FOLDER, read
from instruction.models import Element, FrameworkVersion, Target
from tests import factories

pytestmark = pytest.mark.django_db
SAMPLE = FOLDER / "sample-teaching.yaml"


@pytest.fixture
def definition():
    return read(SAMPLE)


def test_new_version_of_a_framework_keeps_its_elements(definition):
    from dataclasses import replace

    actions.publish_framework(definition=definition, first_year=2026, by=None)
    actions.publish_framework(definition=replace(definition, label="2"), first_year=2027, by=None)
    assert FrameworkVersion.objects.count() == 2
    assert Element.objects.count() == len(definition.elements)
    assert FrameworkVersion.objects.in_force(2026).get().label == "1"
    assert FrameworkVersion.objects.in_force(2027).get().label == "2"


def test_version_published_twice_is_refused(definition):
    actions.publish_framework(definition=definition, first_year=2026, by=None)
    with pytest.raises(ValueError, match="has a version 1 already"):
        actions.publish_framework(definition=definition, first_year=2026, by=None)


def test_targets_set_again_replace_and_ask_for_a_new_computation(definition):
    year, by = factories.year(), factories.user()
    version = actions.publish_framework(definition=definition, first_year=year, by=by)
    actions.set_targets(version=version, targets={"talk": 3.0}, year=year, by=by)
    actions.set_targets(version=version, targets={"talk": 2.75}, year=year, by=by)
    assert [float(target.value) for target in Target.objects.all()] == [2.75]
    assert Run.objects.filter(kind="capacity", school_year=year).count() == 1
    acts = AuditEvent.objects.filter(by_id=by.pk).values_list("act", flat=True)
    assert sorted(set(acts)) == ["framework.publish", "run.request", "targets.set"]
    assert list(acts).count("targets.set") == 2


@pytest.mark.parametrize(
    ("value", "fault"), [(0.5, "proficiency level of 1 or more"), (4.1, "highest level is 4")]
)
def test_target_off_the_scale_is_refused(definition, value, fault):
    version = actions.publish_framework(definition=definition, first_year=2026, by=None)
    with pytest.raises(ValidationError, match=fault):
        actions.set_targets(version=version, targets={"talk": value}, year=2026, by=None)
    assert not Target.objects.exists()


def test_command_publishes_with_targets_and_says_so():
    said = StringIO()
    call_command("publish_framework", SAMPLE, "--first-year", "2026", "--target", "3", stdout=said)
    assert "in force from 2025-26 with 12 elements" in said.getvalue()
    assert Target.objects.filter(school_year=2026, value=3).count() == 12


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("just words", "is not a framework"),
        ("{kind: teaching, name: X", "is not a framework"),
        (
            "kind: teaching\nname: X\nlabel: '1'\nlevel_names: [a, b, c]\ndimensions: []\n",
            "four proficiency levels",
        ),
    ],
)
def test_command_names_what_is_wrong_with_a_file(tmp_path, text, fault):
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(CommandError, match=fault):
        call_command("publish_framework", file)
    assert not FrameworkVersion.objects.exists()
