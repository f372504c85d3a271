"""What a page of capacity shows, from its address: unknown values become the default."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alignment_dash.ui.years import year_from
from instruction.aims import FRAMEWORK, SCHOOL, STRATEGIC
from schools.models import Level

READINGS: dict[str, str | Promise] = {
    "gap": _("Gap to target"),
    "level": _("Level"),
    "evidence": _("Evidence"),
    "seen": _("Last seen"),
}
AGAINST: dict[str, str | Promise] = {
    STRATEGIC: _("Strategic plan"),
    SCHOOL: _("School plan"),
    FRAMEWORK: _("Framework"),
}
SORTS = ("name", "network", "teachers", "gap")
DEFAULT_SORT = "-gap"


@dataclass(frozen=True, slots=True)
class CapacityFilters:
    """Filters, order and reading of the capacity map.

    network and element are uids or ""; against is the kind of target that gaps are to; sort is one of SORTS or an element's uid, with "-" before it for the
    largest first; page counts from 1.
    """

    year: int
    framework: str = ""
    network: str = ""
    level: str = ""
    element: str = ""
    fold: bool = False
    sort: str = DEFAULT_SORT
    reading: str = "gap"
    against: str = STRATEGIC
    page: int = 1

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "CapacityFilters":
        """Read the filters of an address; nothing in it can be wrong, only unknown."""
        level, reading, against = (params.get(name, "") for name in ("level", "reading", "against"))
        return cls(
            year=year_from(params),
            framework=_uid(params.get("framework", "")),
            network=_uid(params.get("network", "")),
            level=level if level in Level.values else "",
            element=_uid(params.get("element", "")),
            fold=params.get("fold", "") == "dimension",
            sort=_sort(params.get("sort", "")),
            reading=reading if reading in READINGS else "gap",
            against=against if against in AGAINST else STRATEGIC,
            page=_page(params.get("page", "")),
        )

    @property
    def sort_key(self) -> str:
        """What is sorted by, without its direction."""
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        """Whether the largest comes first."""
        return self.sort.startswith("-")

    @property
    def narrowed(self) -> bool:
        """Whether some schools are filtered out."""
        return bool(self.network or self.level)


def _uid(text: str) -> str:
    try:
        return str(UUID(text)) if len(text) == 36 else ""
    except ValueError:
        return ""


def _sort(text: str) -> str:
    key = text.removeprefix("-")
    return text if key in SORTS or (key and _uid(key) == key) else DEFAULT_SORT


def _page(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1
