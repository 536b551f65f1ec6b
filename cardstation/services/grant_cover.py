"""Says how far a grant reaches over the rows of a batch, before money is taken for them."""

from __future__ import annotations

from cardstation.domain.batch import LineKind, LineState, Verdict
from cardstation.domain.money import NO_MONEY
from cardstation.domain.offline_limit import GrantCover
from cardstation.domain.volume import Volume
from cardstation.services.batch_state import batch_state
from cardstation.services.grant_state import grant_state
from cardstation.services.station import Station

_TO_LOAD = (LineState.WAITING, LineState.UNFUNDED)


def grant_cover(station: Station, batch_id: str) -> GrantCover | None:
    """What of a batch can be loaded though the ledger does not answer; asks nobody.

    Reckoned with what is left as people see it: more would tell what lies in the till.

    Returns:
        None where this desk needs no grant, or what it has is enough for every row.

    Raises:
        Refusal: `unknown_batch`.
    """
    grant = grant_state(station)
    if grant is None:
        return None
    left = NO_MONEY if grant.waits else grant.left
    rows = covered = 0
    money, litres = NO_MONEY, 0
    for one in batch_state(station, batch_id).outcomes:
        line = one.line
        sold = line.kind is LineKind.SALE and line.verdict is Verdict.READY
        if one.state not in _TO_LOAD or not sold or line.money is None:
            continue
        rows += 1
        if money + line.money <= left and line.money <= grant.card_money:
            covered += 1
            money += line.money
            litres += line.volume.litres if line.volume else 0
    return None if covered == rows else GrantCover(rows, covered, money, Volume(litres))
