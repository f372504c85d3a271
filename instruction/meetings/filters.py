"""What a pack shows, from its address: what it does not know becomes the default."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from instruction.aims import STRATEGIC
from instruction.filters import AGAINST, CapacityFilters

NEED, NAME, NETWORK = "need", "name", "network"
ORDERS: dict[str, str | Promise] = {
    NEED: _("What most likely needs support first"),
    NAME: _("School"),
    NETWORK: _("Network, then school"),
}


@dataclass(frozen=True, slots=True)
class PackFilters:
    """Which of the meeting's schools, in what order, against which target.

    network: uid or ""; level: of schools, or ""; is_paged: each school begins a page on paper.
    """

    order: str = NEED
    network: str = ""
    level: str = ""
    against: str = STRATEGIC
    is_paged: bool = False

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "PackFilters":
        """Read the filters of an address."""
        order, capacity = params.get("order", ""), CapacityFilters.from_params(params)
        return cls(
            order=order if order in ORDERS else NEED,
            network=capacity.network,
            level=capacity.level,
            against=capacity.against if capacity.against in AGAINST else STRATEGIC,
            is_paged=params.get("pages") == "school",
        )

    @property
    def narrowed(self) -> bool:
        """Whether some schools are filtered out."""
        return bool(self.network or self.level)
