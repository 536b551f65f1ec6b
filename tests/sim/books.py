"""What one store's records mean in money and gas, twice: its entries, and its own rows.

The terms are those of DESK-RULES 15, debit positive: `tender` and `online` (paid orders) are what
was taken, `loaded`, `unloaded`, `unallocated`, `balance`, `arrears` and `cash_over_short` where it
is, `free` what was given on money meters, `gas` the litres (fen for a money meter) on cards. What
another desk finished counts as loaded by the desk that took the money.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from cardstation.domain.ledger import Entry, EntryKind, postings_of
from cardstation.domain.transitions import Direction, TopUpState

_S = TopUpState
ASKING = frozenset({_S.PAY_PENDING, _S.PAY_UNKNOWN})
CERTAIN = frozenset(TopUpState) - ASKING - {_S.QUOTED, _S.VOIDED}
OFF_AGAIN = frozenset({_S.SEALED, _S.PAYOUT_PENDING, _S.REFUNDED})
"""A return whose load is off the card."""

Terms = Counter[str]
_SOURCES = {"batch": "unallocated", "order": "online"}
_SOURCES |= {"make_up": "free", "carried": "free", "emergency": "arrears"}


@dataclass(frozen=True, slots=True)
class View:
    """One intent as one store knows it.

    Attributes:
        gas: Litres, or fen for a money meter. fen: What the customer gives. total: Price of it.
    """

    topup_id: str
    state: TopUpState
    direction: Direction
    corrects: str
    origin: str
    account_no: str
    mark: bytes
    gas: int
    fen: int
    total: int
    tender: str
    batch_id: str
    order_id: str
    counter_after: int

    @property
    def owed(self) -> int:
        """What goes back when it goes back: a load taken off keeps its household's balance."""
        return self.fen if self.direction is Direction.SALE else self.total

    @property
    def source(self) -> str:
        """The term its money comes from."""
        return _SOURCES.get(self.tender, "tender")

    @property
    def paid_here(self) -> bool:
        """Its money was certain at this store's station."""
        sold = self.direction is Direction.SALE and not self.origin
        return sold and self.state in CERTAIN

    @property
    def terms(self) -> Terms:
        """Where its money and its gas are, by the state it is in."""
        if self.direction is Direction.RETURN:
            return self._returned()
        if not self.paid_here or self.state is _S.REFUNDED:
            return Counter()
        sealed = self.state is _S.SEALED
        return Counter(
            {
                self.source: self.fen,
                "loaded" if sealed else "unloaded": -self.total,
                "balance": self.total - self.fen,
                "gas": self.gas if sealed else 0,
            }
        )

    def _returned(self) -> Terms:
        if self.state not in OFF_AGAIN:
            return Counter()
        back = self.source if self.state is _S.REFUNDED else "unloaded"
        return Counter({"loaded": self.total, back: -self.total, "gas": -self.gas})


def terms_of(entry: Entry) -> Terms:
    """Where an entry moves money and gas."""
    found: Terms = Counter()
    for leg in postings_of(entry):
        kind = leg.account.partition(":")[0]
        kind = "online" if leg.account == "tender:online" else kind
        found["loaded" if kind == "gas_sold" else kind] += leg.fen
    gas = entry.litres or entry.fen
    match entry.kind:
        case EntryKind.PAID if entry.tender == "order":
            found.update({"online": entry.fen, "unloaded": -entry.fen})
        case EntryKind.SEALED if entry.origin:
            return Counter()
        case EntryKind.SEALED:
            found["gas"] += gas
        case EntryKind.ELSEWHERE if not entry.corrects:
            found.update({"unloaded": entry.fen, "loaded": -entry.fen, "gas": gas})
        case EntryKind.RETURNED:
            found["gas"] -= gas
        case EntryKind.NOT_LOADED if entry.corrects:
            found["gas"] -= gas
    return found


def differing(some: Terms, others: Terms) -> dict[str, tuple[int, int]]:
    """Terms that two records see differently."""
    return {
        name: (some[name], others[name])
        for name in sorted(some.keys() | others.keys())
        if some[name] != others[name]
    }
