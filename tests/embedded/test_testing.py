"""How a test run is started."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alignment_dash.embedded.testing import LONGEST_RUN, time_zone


@pytest.mark.parametrize("month", range(1, 13))
def test_run_that_begins_at_any_hour_ends_on_the_day_it_began(month: int) -> None:
    zones = set()
    for minutes in range(0, 24 * 60, 5):
        begins = datetime(2027, month, 14, tzinfo=UTC) + timedelta(minutes=minutes)
        zone = ZoneInfo(time_zone(begins))
        assert begins.astimezone(zone).date() == (begins + LONGEST_RUN).astimezone(zone).date()
        zones.add(zone.key)
    assert zones == {"America/Chicago", "Pacific/Honolulu"}
