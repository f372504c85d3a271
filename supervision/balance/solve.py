"""The doors of this package: caseloads as even as the limits and relationships allow, and the rule of thumb."""

from collections.abc import Sequence

from supervision.balance.types import Balance, Principal, Rules, Supervisor


def balance(
    principals: Sequence[Principal], supervisors: Sequence[Supervisor], rules: Rules | None = None
) -> Balance:
    """Return caseloads of least cost under the limits, with a proven lower bound; see Rules and Balance.

    The same input gives the same caseloads, unless the time runs out. ValueError: an id given twice, a need that is
    no number in 0 to 50, a least above most, a negative weight.
    """
    raise NotImplementedError


def greedy(
    principals: Sequence[Principal], supervisors: Sequence[Supervisor], rules: Rules | None = None
) -> dict[int, int] | None:
    """Return the caseloads of the rule a person would use; None where it ends in none that the limits allow.

    Mend what breaks a limit, then move the principal from the fullest to the emptiest caseload that helps most,
    as long as it helps.
    """
    raise NotImplementedError
