"""Routes of notices: everyone's own; how mail goes is for who sees jobs."""

from typing import Any

from alignment_dash.access.policy import Data
from tests.factories import SmallDistrict
from tests.route import Route


def _nobodys(district: SmallDistrict) -> dict[str, Any]:
    """A notice that nobody who walks has."""
    from uuid import UUID

    return {"uid": UUID(int=1)}


def _nothing_chosen(district: SmallDistrict) -> dict[str, Any]:
    return {"nonsense": "1"}


ROUTES: list[Route] = [
    Route("notices:notice-list"),
    Route("notices:preferences"),
    Route("notices:mail", Data.JOBS),
    Route("notices:read", kwargs=_nobodys, method="post", ok=404, page=False),
    Route("notices:read-all", method="post", ok=302, page=False),
    Route("api-notices", page=False),
    Route("api-notices-read", method="post", page=False),
    Route("api-notice-read", kwargs=_nobodys, method="post", ok=404, page=False),
    Route("api-notice-preferences", page=False),
    Route("api-notice-preferences", method="put", body=_nothing_chosen, ok=415, page=False),
]
