"""A household of a closed loop, and what the books say of its gas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cardstation.domain.household import Household
from cardstation.domain.ledger import Entry, EntryKind
from cardstation.domain.meter import MeterKind
from cardstation.domain.topup import TopUp
from cardstation.domain.transitions import TopUpState
from drivers.virtual import VirtualCard
from drivers.virtual.meter_bench import Hung


@dataclass
class Home:
    """One household with its card and what its meter truly took.

    Attributes:
        credited: By mark of the load. twice: What a meter that counts nothing took again.
        earlier: Of both, what meters took that hung there before.
    """

    household: Household
    card: VirtualCard
    hung: Hung
    residual: int
    used: int
    credited: dict[bytes, int] = field(default_factory=dict)
    twice: int = 0
    earlier: int = 0

    @property
    def kind(self) -> MeterKind:
        return self.hung.meter.state.kind

    @property
    def in_meter(self) -> int:
        return sum(self.credited.values())


def sold_of(terms: Mapping[str, int], kind: MeterKind) -> int:
    """Sold and given less what went back, by the proof of gas."""
    if kind is MeterKind.MONEY:
        return terms["sold_by_amount_fen"] + terms["given_by_amount_fen"]
    causes = ("sold", "make_up", "emergency", "carried")
    return sum(terms[f"{one}_litres"] for one in causes) - terms["returned_litres"]


def gas_of(entry: Entry) -> int:
    """Litres, or fen for a money meter, that a fact adds to what was sold."""
    signs = {EntryKind.SEALED: 1, EntryKind.RETURNED: -1}
    return signs.get(entry.kind, 0) * (entry.litres or entry.fen)


def is_open(intent: TopUp) -> bool:
    paid_back = (TopUpState.PAYOUT_PENDING, TopUpState.REFUNDED)
    return intent.state not in paid_back
