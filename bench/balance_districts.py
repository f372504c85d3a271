"""Districts whose caseloads have drifted, for the benchmark of balancing them."""

import numpy as np

from supervision.balance import Principal, Supervisor

LEVELS = ("elementary", "middle", "high")
LEVEL_SHARES = (0.62, 0.2, 0.18)
SUPERVISORS_A_NETWORK = 8


def drifted(n_principals: int, n_supervisors: int, seed: int) -> tuple[list[Principal], list[Supervisor]]:
    """Return positions of uneven need in networks, and supervisors whose caseloads grew apart.

    Need has a coefficient of variation of about a quarter, as our index has in the sample district; caseloads of
    between 7 and 15 or so; one in fifty has nobody; one supervisor in forty leaves.
    """
    rng = np.random.default_rng(seed)
    networks = max(1, round(n_supervisors / SUPERVISORS_A_NETWORK))
    home = np.arange(n_supervisors) % networks
    pull = rng.lognormal(0.0, 0.22, n_supervisors)
    need = np.clip(rng.lognormal(0.0, 0.26, n_principals), 0.45, 2.6)
    need /= need.mean()
    leaving = set(rng.choice(n_supervisors, n_supervisors // 40, replace=False).tolist())
    principals = []
    for row in range(n_principals):
        network = int(rng.integers(networks))
        near = np.flatnonzero(home == network)
        current = int(rng.choice(near, p=pull[near] / pull[near].sum()))
        principals.append(
            Principal(
                id=row + 1,
                need=float(need[row]),
                current=None if rng.random() < 0.02 else current + 1,
                network=network + 1,
                level=str(rng.choice(LEVELS, p=LEVEL_SHARES)),
                schools=(row + 1,),
                pinned=bool(rng.random() < 0.03) and current not in leaving,
            )
        )
    supervisors = [
        Supervisor(place + 1, least=8, most=13, available=place not in leaving)
        for place in range(n_supervisors)
    ]
    return principals, supervisors
