"""Says whose shift is open and what would be signed over; never what should be in the till."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cardstation.domain.custody import HandOver
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.seal_number import seal_grouped
from cardstation.domain.shift import Clerk, OpenItem, Shift, ShiftClose, moved_between
from cardstation.services.intent.moved import moved_of
from cardstation.services.intent.signed_over import open_items, signed_alone
from cardstation.services.station import Station
from cardstation.store import Reading


@dataclass(frozen=True, slots=True)
class BagName:
    """What people know a bag by; its entries name neither.

    Attributes:
        seal_no: Of its last seal, empty where it had none. community: Whose cards, if filed.
    """

    seal_no: str
    community: str

    @property
    def words(self) -> str:
        """Both in one line."""
        return "  ".join(filter(None, (seal_grouped(self.seal_no), self.community)))


@dataclass(frozen=True, slots=True)
class ShiftState:
    """The desk's shift as it stands.

    Attributes:
        open: The shift that is open, if any. counted: Its count is committed; nothing is sold.
        clerks: Everybody with a PIN here. open_items: What a close would sign over now, but for
            cards that are at work. bags: Batch → name of the bag, where that is what is open.
        last: The latest shift that was closed.
        moved: What came into the till between its count and the float of the open shift, below
            nothing: what went out of it.
        signed_alone: What whoever opens next signs for: one person alone closed over it.
    """

    open: Shift | None
    clerks: tuple[Clerk, ...]
    open_items: tuple[OpenItem, ...]
    counted: bool
    last: ShiftClose | None
    moved: Money = NO_MONEY
    signed_alone: tuple[OpenItem, ...] = ()
    bags: Mapping[str, BagName] = field(default_factory=dict)


def shift_state(station: Station) -> ShiftState:
    """Look; changes nothing."""
    with station.store.reading() as reading:
        current, last = reading.shifts.current(), reading.shifts.last_close()
        now = station.clock.now()
        every = open_items(reading, now)
        items = tuple(one for one in every if not station.work.has(one.card_no))
        return ShiftState(
            open=None if current is None else current.shift,
            clerks=tuple(one for one in reading.shifts.clerks() if one.active),
            open_items=items,
            counted=current is not None
            and reading.shifts.counted(current.shift.shift_id) is not None,
            last=last,
            moved=NO_MONEY if current is None else moved_between(last, current.shift),
            signed_alone=signed_alone(reading, now),
            bags=_bags(reading, items),
        )


def _bags(reading: Reading, items: Iterable[OpenItem]) -> dict[str, BagName]:
    found = {}
    for batch_id in {one.batch_id for one in items if one.batch_id and not one.card_no}:
        moved = map(moved_of, reading.steps.of_batch(batch_id))
        seals = [one.seal_no for one in moved if isinstance(one, HandOver) and one.seal_no]
        batch = reading.batches.get(batch_id)
        community = "" if batch is None else batch.community
        found[batch_id] = BagName(seals[-1] if seals else "", community)
    return found
