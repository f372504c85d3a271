"""Say how much each part counts in our need index."""

from uuid import UUID

from django.db import transaction

from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.turns import one_at_a_time
from supervision.actions.caseloads import ring
from supervision.balance.index import NAMES, Weights
from supervision.indexing import weights_of
from supervision.models import NeedWeights


class WeightsMoved(Exception):
    """Somebody else has set weights since these were read; `now` are those that hold."""

    def __init__(self, now: NeedWeights) -> None:
        super().__init__("the weights have changed meanwhile")
        self.now = now


@transaction.atomic
def set_weights(*, weights: Weights, seen: UUID | None, by: User | None) -> NeedWeights | None:
    """Have `weights` hold from now on, and every need computed again; the earlier ones are kept.

    seen: uid of the weights that were read before (None: the product's own). Return what holds; None where the
    product's own hold and nothing else was asked for. WeightsMoved when others hold by now; ValidationError
    for a weight outside 0 to 10.
    """
    one_at_a_time("need weights")
    now = NeedWeights.objects.order_by("-set_at", "-pk").first()
    if now is not None and now.uid != seen:
        raise WeightsMoved(now)
    if weights == weights_of(now):
        return now
    made = NeedWeights(**{name: getattr(weights, name) for name in NAMES}, set_by=by)
    made.full_clean(exclude={"set_by"})
    made.save()
    detail = {name: getattr(weights, name) for name in NAMES}
    audit.record(act="need-weights.set", target=made, by=by, detail=detail)
    ring(by, "the weights of our need index were changed")
    return made
