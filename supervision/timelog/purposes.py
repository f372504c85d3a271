"""Which purposes are with principals, which on instructional leadership; no Django, no rows.

The list follows the issue's: evaluation is with principals, but it is not counted as help to lead instruction.
"""

from typing import Final

WITH_PRINCIPALS: Final = frozenset(
    {"one-on-one", "modeling", "observing-together", "principal-plc", "evaluation"}
)
ON_LEADERSHIP: Final = WITH_PRINCIPALS - {"evaluation"}
COVERING: Final = "covering"
# The first that quick entry offers to who has entered nothing yet.
USUAL: Final = "one-on-one"


def covers(purpose: str) -> bool:
    """Say whether time for this purpose was another department's work."""
    return purpose == COVERING
