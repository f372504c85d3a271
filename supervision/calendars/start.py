"""What this package makes known when the application starts."""

from django.utils.translation import gettext_lazy as _


def register() -> None:
    """Register pages, tasks, the sample district's step and what is held about persons, and for how long."""
    from alignment_dash.access.persondata import registry as holdings
    from alignment_dash.access.policy import Action, Data
    from alignment_dash.ui.questions import Tool, register_tool
    from schools.sample import registry as sample
    from supervision.calendars import tasks
    from supervision.calendars.person_data import EVENTS, FEEDS, RETENTION, WEEKS

    # The worker knows its tasks by their modules being imported.
    assert tasks.read_feeds  # noqa: S101
    register_tool(Tool(_("Confirm the week"), "supervision:week", Data.CALENDARS, 5, Action.CHANGE))
    register_tool(Tool(_("Your calendar"), "supervision:calendar", Data.CALENDARS, 6, Action.CHANGE))
    for holding in (EVENTS, FEEDS, WEEKS):
        holdings.register(holding)
    holdings.register_retention(RETENTION)
    sample.register(sample.Step("calendars", 72, "supervision.calendars.sample.load_week"))
