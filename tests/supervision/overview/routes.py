"""Routes of this package."""

from alignment_dash.access.policy import Action, Data
from tests.route import Route

ROUTES: list[Route] = [
    Route("supervision:home", Data.SUPERVISOR_TIME),
    Route("supervision:overview", Data.SUPERVISOR_TIME),
    *(
        Route(f"supervision:{page}-{kind}", Data.SUPERVISOR_TIME, Action.EXPORT, page=False)
        for page in ("home", "overview")
        for kind in ("csv", "workbook")
    ),
    Route("api-my-principals", Data.SUPERVISOR_TIME, page=False),
    Route("api-principal-supervisors", Data.SUPERVISOR_TIME, page=False),
]
