"""Whose money lies in the books at the end of a world: every fen of a batch can be claimed."""

from __future__ import annotations

from cardstation.domain.payment import Tender
from cardstation.domain.transitions import Direction, TopUpState
from cardstation.services.batch_state import batch_in, money_open
from cardstation.store import Reading
from tests.sim.watch import Broken
from tests.sim.world import World

_S = TopUpState
_HELD = {
    Direction.SALE: frozenset({_S.PAID, _S.ARMED, _S.NOT_LOADED, _S.OUTCOME_UNKNOWN, _S.DISPUTED})
    | {_S.REFUND_REQUESTED},
    Direction.RETURN: frozenset({_S.SEALED, _S.PAYOUT_PENDING}),
}
"""States in which the money of a load lies with its household, off the card."""


def claimable(world: World) -> None:
    """What lies unallocated at the centre is what the desks show as open, batch by batch.

    Raises:
        Broken: money of a batch that nobody could give back, or that two would.
    """
    shown: dict[str, int] = {}
    lame = {desk.name for desk in world.desks if desk.fate}
    for desk in world.desks:
        if desk.station is not None and desk.name not in lame:
            with desk.station.store.reading() as reading:
                for batch_id in {one.batch_id for one in reading.funds.payments()}:
                    shown[batch_id] = shown.get(batch_id, 0) + _open(reading, batch_id)
    for account, fen in world.centre.balances.items():
        kind, _, batch_id = account.partition(":")
        asked = kind == "unallocated" and batch_id.rpartition("-")[2] not in lame
        if asked and shown.pop(batch_id, 0) != -fen:
            raise Broken(f"{batch_id}: {-fen} fen lie in the books, no desk shows them")
    if any(shown.values()):
        raise Broken(f"desks show money that lies nowhere: {shown}")


def _open(reading: Reading, batch_id: str) -> int:
    """Open money of a batch, less what is paid for loads on no card: those intents show it."""
    loads = [one for one in reading.topups.of_batch(batch_id) if one.tender is Tender.BATCH]
    back = reading.topups.returns_of(*(one.topup_id for one in loads))
    begun = [one for one in loads if not one.origin and one.state in _HELD[one.direction]]
    held = sum(one.quote.money.fen for one in begun)
    held += sum(one.quote.total.fen for one in back if one.state in _HELD[one.direction])
    return money_open(batch_in(reading, batch_id)).fen - held
