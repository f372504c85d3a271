"""Observations of the sample district: every state is there, and the same each time."""

import pytest

from alignment_dash.access.reach import all_rows
from instruction.models import Observation, ObservationRecord, Rating, RecordReply, RecordState
from instruction.observing.sample import WALKS, write_records

pytestmark = pytest.mark.django_db


def test_sample_shows_every_state_with_replies_and_enough_walks(district):
    with all_rows(why="a test loads the sample"):
        before = Observation.objects.count()
        write_records(district.schools[0].pk)
        made = ObservationRecord.objects.filter(observed__isnull=False)
        assert {one.state for one in made} == set(RecordState)
        assert ObservationRecord.objects.filter(observed=None).count() == WALKS
        assert Observation.objects.count() - before == made.exclude(state=RecordState.DRAFT).count()
        assert not Rating.objects.filter(observation__record__isnull=False, evidence="").exists()
        assert RecordReply.objects.filter(is_acknowledgment=True).count() == 2
        uids = sorted(str(one.observation.uid) for one in made if one.observation)
        assert len(set(uids)) == len(uids)
