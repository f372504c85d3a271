"""What a proposal is asked with, in the plain words of its form, and what the optimiser takes for it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from supervision.balance.types import Rules
from supervision.needs import PAPER_SPAN, Bounds

BY_HAND = "by hand"


class Weight(TextChoices):
    """How much something matters beside the rest."""

    LITTLE = "little", _("Matters little")
    USUAL = "usual", _("Matters")
    MUCH = "much", _("Matters much")


class Bond(TextChoices):
    """How much it matters that a school lies within what a supervisor looks after."""

    NONE = "none", _("Does not matter")
    USUAL = "usual", _("Matters")
    MUCH = "much", _("Matters much")
    MUST = "must", _("Must be kept where limits name them")


FACTORS = {Weight.LITTLE: 0.25, Weight.USUAL: 1.0, Weight.MUCH: 4.0}
BOND_FACTORS = {Bond.NONE: 0.0, Bond.USUAL: 1.0, Bond.MUCH: 4.0, Bond.MUST: 1.0}


def asked_span(kept: Mapping[str, Any]) -> Bounds | None:
    """Return the span that kept settings give who has no limits; None by hand, where the district's counts."""
    return Bounds(kept["least"], kept["most"]) if "least" in kept and "most" in kept else None


@dataclass(frozen=True, slots=True)
class Settings:
    """What was asked: how much what matters, most changes (None: any), the span without own limits, who stays.

    pinned: uids of units (see supervision.balancing.picture) that keep their supervisor.
    """

    evenness: str = Weight.USUAL
    changes: str = Weight.USUAL
    networks: str = Bond.USUAL
    levels: str = Bond.USUAL
    most_changes: int | None = None
    least: int = PAPER_SPAN.low
    most: int = PAPER_SPAN.high
    pinned: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return what BalanceProposal.settings keeps."""
        return asdict(self) | {"pinned": list(self.pinned)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Settings":
        """Return the settings that were kept."""
        known = {name: kept[name] for name in cls.__dataclass_fields__ if name in kept}
        return cls(**known | {"pinned": tuple(known.get("pinned", ()))})

    def rules(self, *, need_is_known: bool) -> Rules:
        """Return what the optimiser takes; without any known need it balances by count alone."""
        usual, even = Rules(), FACTORS[Weight(self.evenness)]
        networks, levels = Bond(self.networks), Bond(self.levels)
        by_count = usual.count_weight if need_is_known else usual.need_weight + usual.count_weight
        return Rules(
            need_weight=even * usual.need_weight if need_is_known else 0.0,
            count_weight=even * by_count,
            change_cost=FACTORS[Weight(self.changes)] * usual.change_cost,
            network_cost=BOND_FACTORS[networks] * usual.network_cost,
            level_cost=BOND_FACTORS[levels] * usual.level_cost,
            hard_networks=networks == Bond.MUST,
            hard_levels=levels == Bond.MUST,
            most_changes=self.most_changes,
        )
